/* What the three processes tell each other: small packets, each whole, over one socket pair. */
#include "launcher.h"

#include <sys/socket.h>

bool message_send(int socket, enum message_kind kind, int first, int second) {
  const struct message message = {.kind = kind, .first = first, .second = second};
  return send(socket, &message, sizeof message, MSG_NOSIGNAL) == sizeof message;
}

bool message_send_fd(int socket, enum message_kind kind, int fd) {
  struct message message = {.kind = kind};
  struct iovec part = {.iov_base = &message, .iov_len = sizeof message};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {.bytes = {0}};
  struct msghdr header = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *item = CMSG_FIRSTHDR(&header);
  item->cmsg_level = SOL_SOCKET;
  item->cmsg_type = SCM_RIGHTS;
  item->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(item), &fd, sizeof fd);
  return sendmsg(socket, &header, MSG_NOSIGNAL) == sizeof message;
}

int message_receive(int socket, struct message *message, int *fd, int flags) {
  struct iovec part = {.iov_base = message, .iov_len = sizeof *message};
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control;
  struct msghdr header = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t count;
  do count = recvmsg(socket, &header, flags | MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  *fd = -1;
  if (count == 0 || (count < 0 && errno == ECONNRESET)) return 0;
  if (count != sizeof *message) return -1;
  struct cmsghdr *item = CMSG_FIRSTHDR(&header);
  if (item != NULL && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) {
    memcpy(fd, CMSG_DATA(item), sizeof *fd);
  }
  return 1;
}

void report_failure(int socket, int step, int error) {
  message_send(socket, MESSAGE_FAILED, step, error);
  _exit(125);
}
