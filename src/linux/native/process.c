/* The process: carries out the steps in order, the last of which becomes the program. */
#include "launcher.h"

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

typedef int step_function(struct surroundings *around, const struct step *step);

static int step_hostname(struct surroundings *around, const struct step *step) {
  (void)around;
  return sethostname(step->texts[0].bytes, step->texts[0].length) == 0 ? 0 : errno;
}

static int step_domainname(struct surroundings *around, const struct step *step) {
  (void)around;
  return setdomainname(step->texts[0].bytes, step->texts[0].length) == 0 ? 0 : errno;
}

static int step_umask(struct surroundings *around, const struct step *step) {
  (void)around;
  umask((mode_t)step->numbers[0]);
  return 0;
}

static int step_no_new_privs(struct surroundings *around, const struct step *step) {
  (void)around;
  (void)step;
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

/* The kernel says "(unreachable)" of a directory outside of the root: where /proc/N/root of another process led to. */
static bool is_outside(void) {
  char path[PATH_MAX];
  return syscall(SYS_getcwd, path, sizeof path) > 0 && path[0] != '/';
}

static int step_chdir(struct surroundings *around, const struct step *step) {
  (void)around;
  if (chdir(step->texts[0].bytes) != 0) return errno;
  return is_outside() ? EACCES : 0;
}

static step_function *const functions[STEP_KINDS] = {
    [STEP_MOUNT] = step_mount,
    [STEP_REMOUNT] = step_remount,
    [STEP_DEVICE] = step_device,
    [STEP_SYMLINK] = step_symlink,
    [STEP_PIVOT_ROOT] = step_pivot_root,
    [STEP_MASK] = step_mask,
    [STEP_READ_ONLY] = step_read_only,
    [STEP_WRITE] = step_write,
    [STEP_HOSTNAME] = step_hostname,
    [STEP_DOMAINNAME] = step_domainname,
    [STEP_LOOPBACK_UP] = step_loopback_up,
    [STEP_RLIMIT] = step_rlimit,
    [STEP_UMASK] = step_umask,
    [STEP_NO_NEW_PRIVS] = step_no_new_privs,
    [STEP_SECCOMP] = step_seccomp,
    [STEP_BOUNDING_SET] = step_bounding_set,
    [STEP_USER] = step_user,
    [STEP_CAPABILITIES] = step_capabilities,
    [STEP_CHDIR] = step_chdir,
    [STEP_EXEC] = step_exec,
};

static int pivot_step(const struct plan *plan) {
  for (uint32_t at = 0; at < plan->step_count; at++) {
    if (plan->steps[at].kind == STEP_PIVOT_ROOT) return (int)at;
  }
  return -1;
}

/* Nothing this process mounts may reach the caller's namespace, and pivot_root wants a mount point. */
static int prepare_rootfs(struct surroundings *around) {
  const char *rootfs = around->plan->rootfs;
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return errno;
  if (mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) != 0) return errno;
  around->root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return around->root < 0 ? errno : 0;
}

static void close_between(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0u) == 0) return;
  const long limit = sysconf(_SC_OPEN_MAX);
  const unsigned end = limit < 0 || limit > 65536 ? 65536 : (unsigned)limit;
  for (unsigned fd = first; fd <= last && fd < end; fd++) close((int)fd);
}

/*
 * Whatever the caller left open is closed now, not at the exec: a working directory of /proc/self/fd/N would lead to
 * it, and out of the root (CVE-2024-21626).
 */
static void close_all_but(int socket) {
  close_between(3, (unsigned)socket - 1);
  close_between((unsigned)socket + 1, ~0u);
}

/* Those of the caller's session, such as its Kerberos tickets, are not the container's. Some kernels have none. */
static void leave_keyring(void) {
  const int join_session_keyring = 1;
  syscall(SYS_keyctl, join_session_keyring, NULL);
}

static int open_terminal(struct surroundings *around, bool console) {
  if (!around->plan->terminal || around->has_terminal) return 0;
  around->has_terminal = true;
  return terminal_open(around->socket, console);
}

void process_run(const struct plan *plan, int socket, bool setgroups_denied) {
  struct surroundings around = {
      .plan = plan, .socket = socket, .root = -1, .setgroups_denied = setgroups_denied};
  const int pivot = pivot_step(plan);
  die_with_parent(socket);
  setsid();
  umask(0022);
  leave_keyring();
  close_all_but(socket);
  int error = pivot < 0 ? open_terminal(&around, false) : prepare_rootfs(&around);
  if (error != 0) report_failure(socket, pivot, error);
  for (uint32_t at = 0; at < plan->step_count; at++) {
    const struct step *step = &plan->steps[at];
    error = functions[step->kind](&around, step);
    if (error == 0 && step->kind == STEP_PIVOT_ROOT) error = open_terminal(&around, true);
    if (error != 0) report_failure(socket, (int)at, error);
  }
  _exit(125);
}
