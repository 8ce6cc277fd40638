/* The monitor's side of a terminal: its own 0 and 1 to and from the master, its own terminal raw meanwhile. */
#include "launcher.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#define DRAIN_MILLISECONDS 100

static struct termios saved;

static void make_raw(struct relay *relay) {
  if (tcgetattr(STDIN_FILENO, &saved) != 0) return;
  struct termios raw = saved;
  cfmakeraw(&raw);
  relay->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

void relay_copy_window_size(const struct relay *relay) {
  struct winsize size;
  for (int fd = 0; fd <= 2; fd++) {
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) continue;
    ioctl(relay->master, TIOCSWINSZ, &size);
    return;
  }
}

void relay_start(struct relay *relay, int master) {
  *relay = (struct relay){.master = master, .input_open = true};
  fcntl(master, F_SETFL, fcntl(master, F_GETFL) | O_NONBLOCK);
  relay_copy_window_size(relay);
  make_raw(relay);
}

/* Back in the foreground: the shell may have set the terminal as it likes it. */
void relay_continue(struct relay *relay) {
  relay->input_paused = false;
  if (relay->raw) make_raw(relay);
  relay_copy_window_size(relay);
}

void relay_flush(struct relay *relay) {
  while (relay->pending_size > 0) {
    ssize_t count = write(relay->master, relay->pending + relay->pending_start, relay->pending_size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    relay->pending_start += (size_t)count;
    relay->pending_size -= (size_t)count;
  }
}

/* A terminal has no end, but a character that says so: twice when the line has begun, since once only sends the line. */
static void pass_end_on(struct relay *relay) {
  struct termios termios;
  relay->input_open = false;
  if (tcgetattr(relay->master, &termios) != 0 || (termios.c_lflag & ICANON) == 0) return;
  relay->pending[0] = relay->pending[1] = termios.c_cc[VEOF];
  relay->pending_start = 0;
  relay->pending_size = relay->line_is_partial ? 2 : 1;
  relay_flush(relay);
}

void relay_input(struct relay *relay) {
  if (relay->pending_size > 0) return;
  ssize_t count = read(STDIN_FILENO, relay->pending, sizeof relay->pending);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count < 0 && errno == EIO && isatty(STDIN_FILENO)) {
    relay->input_paused = true; /* in the background; SIGCONT tells when that is over */
    return;
  }
  if (count <= 0) {
    pass_end_on(relay);
    return;
  }
  relay->pending_start = 0;
  relay->pending_size = (size_t)count;
  relay->line_is_partial = relay->pending[count - 1] != '\n';
  relay_flush(relay);
}

static void write_output(struct relay *relay, const char *bytes, size_t size) {
  while (size > 0 && !relay->output_broken) {
    ssize_t count = write(STDOUT_FILENO, bytes, size);
    if (count >= 0) {
      bytes += count;
      size -= (size_t)count;
    } else if (errno == EAGAIN) {
      struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
      poll(&output, 1, -1);
    } else if (errno != EINTR) {
      relay->output_broken = true;
    }
  }
}

bool relay_output(struct relay *relay) {
  char bytes[32768];
  ssize_t count = read(relay->master, bytes, sizeof bytes);
  if (count > 0) write_output(relay, bytes, (size_t)count);
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

void relay_finish(struct relay *relay) {
  struct pollfd master = {.fd = relay->master, .events = POLLIN};
  while (poll(&master, 1, DRAIN_MILLISECONDS) > 0 && relay_output(relay)) continue;
  if (relay->raw) tcsetattr(STDIN_FILENO, TCSANOW, &saved);
  close(relay->master);
}
