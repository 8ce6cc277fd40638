/*
 * The monitor stays outside all namespaces: starts the stage, writes id maps, passes signals on, relays a terminal,
 * waits, and tells how it ended. It lives exactly as long as the process, and no longer than its parent.
 *
 * The outcome descriptor is a socket in both directions. Out: records of three int32 (kind, first, second).
 * In: one byte a signal for the process. Its end means that the parent is gone.
 */
#include "launcher.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum outcome_kind { OUTCOME_STARTED = 1, OUTCOME_EXITED, OUTCOME_SIGNALED, OUTCOME_FAILED };

struct monitor {
  const struct monitor_options *options;
  struct plan plan;
  int signals;
  int socket;
  int control;
  pid_t stage;
  pid_t process;
  bool process_ended;
  bool kill_wanted;
  bool has_failed;
  bool has_relay;
  int status;
  int failed_step;
  int failed_errno;
  struct relay relay;
};

static void tell(const struct monitor *monitor, enum outcome_kind kind, int first, int second) {
  const int32_t record[3] = {(int32_t)kind, first, second};
  ssize_t count;
  do count = write(monitor->options->outcome_fd, record, sizeof record);
  while (count < 0 && errno == EINTR);
}

static void send_signal(struct monitor *monitor, int number) {
  if (monitor->process > 0 && !monitor->process_ended) kill(monitor->process, number);
  else if (number == SIGKILL) monitor->kill_wanted = true;
}

static void stop_everything(struct monitor *monitor) {
  send_signal(monitor, SIGKILL);
  if (monitor->process <= 0 && monitor->stage > 0) kill(monitor->stage, SIGKILL);
}

static bool is_orphan(const struct monitor *monitor) {
  return !monitor->options->detached && getppid() != monitor->options->parent;
}

static void reap(struct monitor *monitor) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid == monitor->stage) monitor->stage = 0;
    /* The stage's message may still be in the socket when its child has already ended. */
    else if (monitor->process <= 0 || pid == monitor->process) {
      monitor->process_ended = true;
      monitor->status = status;
    }
  }
}

static void on_signal(struct monitor *monitor) {
  struct signalfd_siginfo info;
  while (read(monitor->signals, &info, sizeof info) == sizeof info) {
    const int number = (int)info.ssi_signo;
    if (is_orphan(monitor)) stop_everything(monitor);
    if (number == SIGCHLD) reap(monitor);
    else if (number == SIGWINCH && monitor->has_relay) relay_copy_window_size(&monitor->relay);
    else if (number == SIGPIPE || number == SIGTTIN || number == SIGTTOU) continue;
    /* What the terminal sends goes to the parent too, and policy is the parent's. */
    else if (info.ssi_code <= 0) send_signal(monitor, number);
    if (number == SIGCONT && monitor->has_relay) relay_continue(&monitor->relay);
  }
}

static void write_maps(struct monitor *monitor, pid_t stage) {
  int error = monitor->plan.uids.count == 0 || monitor->plan.gids.count == 0
                  ? EINVAL
                  : id_maps_write(stage, &monitor->plan.uids, &monitor->plan.gids);
  message_send(monitor->socket, MESSAGE_GO, error, 0);
}

/* newuidmap is waited for, so SIGCHLD must not have been set to be ignored by whoever started this. */
static void on_message(struct monitor *monitor, const struct message *message, int fd) {
  if (message->kind == MESSAGE_MAP) write_maps(monitor, (pid_t)message->first);
  if (message->kind == MESSAGE_FORKED) {
    monitor->process = (pid_t)message->first;
    if (monitor->kill_wanted) send_signal(monitor, SIGKILL);
  }
  if (message->kind == MESSAGE_FAILED) {
    monitor->has_failed = true;
    monitor->failed_step = message->first;
    monitor->failed_errno = message->second;
  }
  if (message->kind == MESSAGE_TERMINAL && fd >= 0) {
    relay_start(&monitor->relay, fd);
    monitor->has_relay = true;
    message_send(monitor->socket, MESSAGE_GO, 0, 0);
  }
}

static void on_socket(struct monitor *monitor, int flags) {
  struct message message;
  int fd;
  int got;
  do {
    got = message_receive(monitor->socket, &message, &fd, flags);
    if (got == 1) on_message(monitor, &message, fd);
  } while (got == 1 && (flags & MSG_DONTWAIT) != 0);
  if (got == 1 || (got < 0 && errno == EAGAIN)) return;
  close(monitor->socket);
  monitor->socket = -1;
  if (!monitor->has_failed && monitor->process > 0) tell(monitor, OUTCOME_STARTED, (int)monitor->process, 0);
}

static void on_control(struct monitor *monitor) {
  unsigned char numbers[64];
  ssize_t count = read(monitor->control, numbers, sizeof numbers);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    if (count == 0) stop_everything(monitor);
    monitor->control = -1;
  }
  for (ssize_t at = 0; at < count; at++) send_signal(monitor, numbers[at]);
}

static void watch(struct monitor *monitor) {
  const struct relay *relay = &monitor->relay;
  const bool relaying = monitor->has_relay;
  const bool wants_input = relaying && relay->input_open && !relay->input_paused && relay->pending_size == 0;
  struct pollfd watched[5] = {
      {.fd = monitor->signals, .events = POLLIN},
      {.fd = monitor->socket, .events = POLLIN},
      {.fd = monitor->control, .events = POLLIN},
      {.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN},
      {.fd = relaying ? relay->master : -1, .events = (short)(POLLIN | (relay->pending_size > 0 ? POLLOUT : 0))},
  };
  if (poll(watched, 5, -1) < 0) return;
  if (watched[1].revents != 0) on_socket(monitor, 0);
  if (watched[0].revents != 0) on_signal(monitor);
  if (watched[2].revents != 0) on_control(monitor);
  if (watched[3].revents != 0) relay_input(&monitor->relay);
  if ((watched[4].revents & POLLOUT) != 0) relay_flush(&monitor->relay);
  if ((watched[4].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !relay_output(&monitor->relay)) {
    /* All of the container's ends are closed for now. Its end is told by SIGCHLD; do not spin meanwhile. */
    poll(&watched[0], 1, 10);
  }
}

static int finish(struct monitor *monitor) {
  if (monitor->socket >= 0) on_socket(monitor, MSG_DONTWAIT);
  if (monitor->has_relay) relay_finish(&monitor->relay);
  if (monitor->has_failed) {
    tell(monitor, OUTCOME_FAILED, monitor->failed_step, monitor->failed_errno);
    return monitor->failed_errno == ENOENT ? 127 : 126;
  }
  if (!monitor->process_ended) {
    tell(monitor, OUTCOME_FAILED, -1, ECHILD);
    return 125;
  }
  if (WIFSIGNALED(monitor->status)) {
    tell(monitor, OUTCOME_SIGNALED, WTERMSIG(monitor->status), 0);
    return 128 + WTERMSIG(monitor->status);
  }
  tell(monitor, OUTCOME_EXITED, WEXITSTATUS(monitor->status), 0);
  return WEXITSTATUS(monitor->status);
}

static void watch_signals(struct monitor *monitor) {
  sigset_t all;
  signal(SIGCHLD, SIG_DFL);
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  monitor->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * Not SIGKILL: the monitor outlives its parent by the moment it takes to end the process, which may have become one
 * that the kernel no longer ends with its parent (a set-user-id program), and to make a terminal usable again.
 */
static void follow_parent(const struct monitor *monitor) {
  if (monitor->options->detached) {
    setsid();
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  if (is_orphan(monitor)) _exit(125);
}

static int start_stage(struct monitor *monitor) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return errno;
  monitor->stage = fork();
  if (monitor->stage < 0) return errno;
  if (monitor->stage == 0) {
    close(pair[0]);
    close(monitor->options->outcome_fd);
    stage_run(&monitor->plan, pair[1]);
  }
  close(pair[1]);
  monitor->socket = pair[0];
  /* Whoever reads what the process writes, or writes what it reads, shall see it close them. */
  if (!monitor->plan.terminal) {
    for (int fd = 0; fd <= 2; fd++) close(fd);
  }
  return 0;
}

int monitor_run(const struct monitor_options *options) {
  struct monitor monitor = {
      .options = options, .socket = -1, .control = options->detached ? -1 : options->outcome_fd};
  fcntl(options->outcome_fd, F_SETFD, FD_CLOEXEC);
  watch_signals(&monitor);
  int error = plan_read(options->plan_fd, &monitor.plan);
  close(options->plan_fd);
  if (error == 0) {
    follow_parent(&monitor);
    error = start_stage(&monitor);
  }
  if (error != 0) {
    tell(&monitor, OUTCOME_FAILED, -1, error);
    return 125;
  }
  while (!monitor.process_ended && (monitor.stage > 0 || monitor.process > 0 || monitor.socket >= 0)) watch(&monitor);
  return finish(&monitor);
}
