/*
 * The stage makes the namespaces and forks the process into them, as a child of the monitor, and is gone.
 * The monitor itself stays outside of all of them.
 */
#include "launcher.h"

#include <linux/sched.h>
#include <poll.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>

#define NO_STEP (-1)

void die_with_parent(int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* A monitor that was gone before the request sends no signal any more; then its end of the socket is closed. */
  struct pollfd monitor = {.fd = socket, .events = POLLRDHUP};
  if (poll(&monitor, 1, 0) > 0 && (monitor.revents & (POLLHUP | POLLRDHUP | POLLERR)) != 0) _exit(125);
}

static int open_joins(const struct plan *plan, int *fds) {
  for (uint32_t at = 0; at < plan->join_count; at++) {
    fds[at] = open(plan->joins[at].path, O_RDONLY | O_CLOEXEC);
    if (fds[at] < 0) return errno;
  }
  return 0;
}

/* The user namespace first: it gives the right to the others. Mounts last: they change what paths mean. */
static int join(const struct plan *plan, const int *fds, bool user) {
  for (int pass = 0; pass < 2; pass++) {
    for (uint32_t at = 0; at < plan->join_count; at++) {
      const int kind = plan->joins[at].kind;
      if ((kind == CLONE_NEWUSER) != user || (kind == CLONE_NEWNS) != (pass == 1)) continue;
      if (setns(fds[at], kind) != 0) return errno;
    }
  }
  return 0;
}

static int make_user_namespace(int socket) {
  struct message message;
  int fd;
  if (unshare(CLONE_NEWUSER) != 0) return errno;
  if (!message_send(socket, MESSAGE_MAP, (int)getpid(), 0)) return errno;
  if (message_receive(socket, &message, &fd, 0) != 1 || message.kind != MESSAGE_GO) return ECONNABORTED;
  if (message.first != 0) return message.first;
  /* A map need not hold id 0; then the `user` step says who the process is. */
  if (setresgid(0, 0, 0) != 0 && errno != EINVAL) return errno;
  if (setresuid(0, 0, 0) != 0 && errno != EINVAL) return errno;
  return 0;
}

static int set_time_offsets(const struct plan *plan) {
  char text[256];
  size_t size = 0;
  for (uint32_t at = 0; at < plan->time_offset_count; at++) {
    const struct time_offset *offset = &plan->time_offsets[at];
    int added = snprintf(text + size, sizeof text - size, "%u %lld %u\n", offset->clock, (long long)offset->secs,
                         offset->nanosecs);
    if (added < 0 || (size_t)added >= sizeof text - size) return EINVAL;
    size += (size_t)added;
  }
  if (size == 0) return 0;
  return write_file("/proc/self/timens_offsets", text, size) ? 0 : errno;
}

static int make_namespaces(const struct plan *plan, int socket) {
  int fds[16];
  int error = open_joins(plan, fds);
  if (error == 0) error = join(plan, fds, true);
  if (error == 0 && (plan->namespaces & CLONE_NEWUSER) != 0) error = make_user_namespace(socket);
  if (error == 0) error = join(plan, fds, false);
  const int others = plan->namespaces & ~CLONE_NEWUSER;
  if (error == 0 && others != 0 && unshare(others) != 0) error = errno;
  return error != 0 ? error : set_time_offsets(plan);
}

static bool are_setgroups_denied(void) {
  char text[8] = "";
  int fd = open("/proc/self/setgroups", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  return count >= 4 && memcmp(text, "deny", 4) == 0;
}

void stage_run(const struct plan *plan, int socket) {
  die_with_parent(socket);
  int error = make_namespaces(plan, socket);
  if (error != 0) report_failure(socket, NO_STEP, error);
  const bool denied = are_setgroups_denied();
  /* From here the container may see this program as /proc/N: it must not reach /proc/N/exe (CVE-2019-5736). */
  prctl(PR_SET_DUMPABLE, 0);
  const pid_t child = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
  if (child < 0) report_failure(socket, NO_STEP, errno);
  if (child == 0) process_run(plan, socket, denied);
  if (!message_send(socket, MESSAGE_FORKED, (int)child, 0)) _exit(125);
  _exit(0);
}
