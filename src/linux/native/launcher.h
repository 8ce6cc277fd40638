/*
 * tsbuild's launcher: mechanism only, policy is TypeScript.
 *
 * enter   becomes Node in a user and mount namespace of its own (enter.c)
 * plan    carries out a plan: monitor (outside) -> stage (makes namespaces) -> process (does the steps, execs)
 */
#ifndef TSBUILD_LAUNCHER_H
#define TSBUILD_LAUNCHER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Newer than some libc headers; all system calls since 5.3 have one number on every architecture. */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

/* plan-decode.c; the layout is told in ../encode-plan.ts */

enum step_kind {
  STEP_MOUNT = 1,
  STEP_REMOUNT,
  STEP_DEVICE,
  STEP_SYMLINK,
  STEP_PIVOT_ROOT,
  STEP_MASK,
  STEP_READ_ONLY,
  STEP_WRITE,
  STEP_HOSTNAME,
  STEP_DOMAINNAME,
  STEP_LOOPBACK_UP,
  STEP_RLIMIT,
  STEP_UMASK,
  STEP_NO_NEW_PRIVS,
  STEP_SECCOMP,
  STEP_BOUNDING_SET,
  STEP_USER,
  STEP_CAPABILITIES,
  STEP_CHDIR,
  STEP_EXEC,
  STEP_KINDS,
};

struct text {
  const char *bytes; /* a NUL follows the last byte */
  uint32_t length;
};

struct step {
  enum step_kind kind;
  uint32_t number_count;
  uint32_t text_count;
  uint64_t *numbers;
  struct text *texts;
};

struct join {
  int kind;
  const char *path;
};

struct id_range {
  uint32_t inside;
  uint32_t outside;
  uint32_t size;
};

struct id_map {
  uint32_t count;
  struct id_range *ranges;
};

struct time_offset {
  uint32_t clock;
  int64_t secs;
  uint32_t nanosecs;
};

struct plan {
  bool terminal;
  bool init;
  int namespaces;
  const char *rootfs;
  uint32_t join_count;
  struct join *joins;
  struct id_map uids;
  struct id_map gids;
  uint32_t time_offset_count;
  struct time_offset *time_offsets;
  uint32_t step_count;
  struct step *steps;
};

/* Reads to the end of fd. Answers 0 or an errno: EINVAL for what is not exactly one valid plan. */
int plan_read(int fd, struct plan *plan);

/* id-map.c */

#define ID_RANGES_MAX 32

/* The sub-id ranges of the user as a map: 0 is the user, 1..n the ranges. False when there are none. */
bool id_map_of_user(const char *file, uid_t uid, uint32_t own_id, struct id_map *map);
/* All ids that exist here, each mapped to itself. */
bool id_map_identity(const char *file, struct id_map *map);
/* Each answers 0 or an errno, and tries the direct write first, then newuidmap and newgidmap. */
int id_maps_write(pid_t pid, const struct id_map *uids, const struct id_map *gids);
/* For a process that maps only its own ids; denies setgroups. */
int id_maps_write_single(uid_t uid, gid_t gid);
/* How many ids the user namespace of this process has. */
uint64_t id_map_size(const char *file);

/* protocol.c: messages between the three processes */

enum message_kind { MESSAGE_MAP = 1, MESSAGE_FORKED, MESSAGE_FAILED, MESSAGE_TERMINAL, MESSAGE_GO };

struct message {
  int32_t kind;
  int32_t first;
  int32_t second;
};

bool message_send(int socket, enum message_kind kind, int first, int second);
bool message_send_fd(int socket, enum message_kind kind, int fd);
/* 1 a message, 0 the other side has closed, -1 an error; *fd is -1 or a descriptor that came along. */
int message_receive(int socket, struct message *message, int *fd, int flags);
/* Tells the monitor the step and errno, and ends this process. */
__attribute__((noreturn)) void report_failure(int socket, int step, int error);

/* monitor.c, stage.c, process.c */

struct monitor_options {
  int plan_fd;
  int outcome_fd;
  pid_t parent;
  bool detached;
};

int monitor_run(const struct monitor_options *options);
__attribute__((noreturn)) void stage_run(const struct plan *plan, int socket);
__attribute__((noreturn)) void process_run(const struct plan *plan, int socket, bool setgroups_denied);
/* The kernel forgets the parent-death signal when ids change, so it is asked for again. */
void die_with_parent(int socket);

/* inside-root.c */

enum make { MAKE_NOTHING = 0, MAKE_DIRECTORY = 1, MAKE_FILE = 2 };

/* An O_PATH descriptor of a path that never leaves root; what is missing is made. -1 and errno. */
int open_inside(int root, const char *path, enum make make);
/* The same for the folder of path, which is made; *name is the last component. */
int open_folder_inside(int root, const char *path, const char **name);

/* step-mount.c, step-process.c: each answers 0 or an errno */

struct surroundings {
  const struct plan *plan;
  int socket;
  int root; /* the rootfs before the pivot, -1 after it: then paths are the process's own */
  bool setgroups_denied;
  bool has_terminal;
};

/* Adds flags to a mount that is there. 0 or an errno. */
int remount(const char *path, unsigned long wanted);
int step_mount(struct surroundings *around, const struct step *step);
int step_remount(struct surroundings *around, const struct step *step);
int step_device(struct surroundings *around, const struct step *step);
int step_symlink(struct surroundings *around, const struct step *step);
int step_pivot_root(struct surroundings *around, const struct step *step);
int step_mask(struct surroundings *around, const struct step *step);
int step_read_only(struct surroundings *around, const struct step *step);
int step_write(struct surroundings *around, const struct step *step);
int step_loopback_up(struct surroundings *around, const struct step *step);
int step_rlimit(struct surroundings *around, const struct step *step);
int step_seccomp(struct surroundings *around, const struct step *step);
int step_bounding_set(struct surroundings *around, const struct step *step);
int step_user(struct surroundings *around, const struct step *step);
int step_capabilities(struct surroundings *around, const struct step *step);
int step_exec(struct surroundings *around, const struct step *step);

/* terminal.c, relay.c */

/* In the process: a pseudo-terminal of /dev/pts as 0, 1 and 2; its master goes to the monitor. 0 or an errno. */
int terminal_open(int socket, bool console);

struct relay {
  int master;
  bool input_open;
  bool input_paused;
  bool output_broken;
  bool raw;
  bool line_is_partial;
  unsigned char pending[4096];
  size_t pending_size;
  size_t pending_start;
};

void relay_start(struct relay *relay, int master);
void relay_copy_window_size(const struct relay *relay);
void relay_continue(struct relay *relay);
void relay_input(struct relay *relay);
void relay_flush(struct relay *relay);
/* False once every other side is closed. */
bool relay_output(struct relay *relay);
void relay_finish(struct relay *relay);

/* init.c: process 1 of the container. Returns in the program's process; never in process 1. */
void init_split(void);

int enter(int argc, char **argv);
bool write_file(const char *path, const char *data, size_t size);

#endif
