/* The container's side of a terminal: a pseudo-terminal of its own devpts, so that its name is true inside. */
#include "launcher.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static int open_pair(int *master, int *slave) {
  int unlock = 0;
  *slave = -1;
  *master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*master < 0) *master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*master < 0) return errno;
  if (ioctl(*master, TIOCSPTLCK, &unlock) != 0) return errno;
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  return *slave < 0 ? errno : 0;
}

static int bind_console(int master) {
  unsigned number;
  char name[64];
  if (ioctl(master, TIOCGPTN, &number) != 0) return errno;
  snprintf(name, sizeof name, "/dev/pts/%u", number);
  int fd = open("/dev/console", O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return mount(name, "/dev/console", NULL, MS_BIND, NULL) == 0 ? 0 : errno;
}

int terminal_open(int socket, bool console) {
  int master, slave, fd;
  struct message message;
  int error = open_pair(&master, &slave);
  if (error == 0 && console) error = bind_console(master);
  if (error != 0) return error;
  if (ioctl(slave, TIOCSCTTY, 0) != 0) return errno;
  for (int standard = 0; standard <= 2; standard++) {
    if (dup2(slave, standard) < 0) return errno;
  }
  if (slave > 2) close(slave);
  if (!message_send_fd(socket, MESSAGE_TERMINAL, master)) return errno;
  close(master);
  /* The monitor answers once the window has its size, so the program never sees another. */
  if (message_receive(socket, &message, &fd, 0) != 1 || message.kind != MESSAGE_GO) return ECONNABORTED;
  return 0;
}
