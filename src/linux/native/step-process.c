/* The steps that shape the process itself: limits, identity, privileges, program. */
#include "launcher.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define CAPABILITIES_MAX 64
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

int step_loopback_up(struct surroundings *around, const struct step *step) {
  (void)around;
  (void)step;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  int error = ioctl(fd, SIOCSIFFLAGS, &request) == 0 ? 0 : errno;
  close(fd);
  return error;
}

/* Raising a hard limit wants CAP_SYS_RESOURCE in the first user namespace; without it the limit stays as it is. */
int step_rlimit(struct surroundings *around, const struct step *step) {
  (void)around;
  const __rlimit_resource_t resource = (__rlimit_resource_t)step->numbers[0];
  struct rlimit limit = {.rlim_cur = step->numbers[1], .rlim_max = step->numbers[2]};
  if (setrlimit(resource, &limit) == 0) return 0;
  struct rlimit present;
  if (errno != EPERM || getrlimit(resource, &present) != 0) return errno;
  if (limit.rlim_max > present.rlim_max) limit.rlim_max = present.rlim_max;
  if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
  return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int step_seccomp(struct surroundings *around, const struct step *step) {
  (void)around;
  const struct text *bytes = &step->texts[0];
  const size_t count = bytes->length / sizeof(struct sock_filter);
  if (count == 0 || count > BPF_MAXINSNS || bytes->length % sizeof(struct sock_filter) != 0) return EINVAL;
  struct sock_filter *filter = malloc(bytes->length);
  if (filter == NULL) return ENOMEM;
  memcpy(filter, bytes->bytes, bytes->length);
  const struct sock_fprog program = {.len = (unsigned short)count, .filter = filter};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)step->numbers[0], &program) == 0) return 0;
  if (errno != ENOSYS || step->numbers[0] != 0) return errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0 ? 0 : errno;
}

int step_bounding_set(struct surroundings *around, const struct step *step) {
  (void)around;
  for (int capability = 0; capability < CAPABILITIES_MAX; capability++) {
    if ((step->numbers[0] >> capability & 1) != 0) continue;
    const int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (present < 0) return 0;
    if (present > 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return errno;
  }
  return 0;
}

static bool are_ids(const struct step *step) {
  for (uint32_t at = 0; at < step->number_count; at++) {
    if (step->numbers[at] >= UINT32_MAX) return false; /* -1 would mean "unchanged" */
  }
  return true;
}

static int set_groups(const struct step *step) {
  const size_t count = step->number_count - 2;
  gid_t *groups = calloc(count == 0 ? 1 : count, sizeof *groups);
  if (groups == NULL) return ENOMEM;
  for (size_t at = 0; at < count; at++) groups[at] = (gid_t)step->numbers[2 + at];
  int error = setgroups(count, groups) == 0 ? 0 : errno;
  free(groups);
  return error;
}

int step_user(struct surroundings *around, const struct step *step) {
  const uid_t uid = (uid_t)step->numbers[0];
  const gid_t gid = (gid_t)step->numbers[1];
  if (!are_ids(step)) return EINVAL;
  int error = around->setgroups_denied ? 0 : set_groups(step);
  if (error != 0) return error;
  /* The program opens its terminal again by name (/dev/tty, /dev/console), as the user it is then. */
  if (around->has_terminal && fchown(0, uid, (gid_t)-1) != 0 && errno != EINVAL && errno != EPERM) return errno;
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return errno;
  if (setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) return errno;
  prctl(PR_SET_DUMPABLE, 0);
  die_with_parent(around->socket);
  return 0;
}

static void read_capabilities(struct __user_cap_data_struct data[2], uint64_t *permitted) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  *permitted = 0;
  if (syscall(SYS_capget, &header, data) == 0) *permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
}

/* What the launcher itself was not given, it cannot pass on: a root without CAP_SYS_RESOURCE still runs containers. */
int step_capabilities(struct surroundings *around, const struct step *step) {
  (void)around;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  uint64_t available;
  read_capabilities(data, &available);
  const uint64_t permitted = step->numbers[1] & available;
  const uint64_t effective = step->numbers[0] & permitted;
  const uint64_t inheritable = step->numbers[2] & available;
  const uint64_t ambient = step->numbers[3] & permitted & inheritable;
  for (int half = 0; half < 2; half++) {
    data[half].effective = (uint32_t)(effective >> (32 * half));
    data[half].permitted = (uint32_t)(permitted >> (32 * half));
    data[half].inheritable = (uint32_t)(inheritable >> (32 * half));
  }
  if (syscall(SYS_capset, &header, data) != 0) return errno;
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (int capability = 0; capability < CAPABILITIES_MAX; capability++) {
    if ((ambient >> capability & 1) == 0) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return errno;
  }
  return 0;
}

static void reset_signals(void) {
  sigset_t none;
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static const char *path_of(char *const *environment) {
  for (; *environment != NULL; environment++) {
    if (strncmp(*environment, "PATH=", 5) == 0) return *environment + 5;
  }
  return DEFAULT_PATH;
}

/* As execvpe(3), but ENOEXEC is an answer, not a reason to try a shell. */
static int exec_found(const char *program, char *const *arguments, char *const *environment) {
  if (strchr(program, '/') != NULL) {
    execve(program, arguments, environment);
    return errno;
  }
  int error = ENOENT;
  char file[PATH_MAX];
  for (const char *at = path_of(environment); *program != '\0'; at++) {
    const size_t length = strcspn(at, ":");
    int size = snprintf(file, sizeof file, "%.*s/%s", (int)length, length == 0 ? "." : at, program);
    if (length == 0) size = snprintf(file, sizeof file, "./%s", program);
    if (size > 0 && (size_t)size < sizeof file) {
      execve(file, arguments, environment);
      if (errno == EACCES) error = EACCES;
      else if (errno != ENOENT && errno != ENOTDIR) return errno;
    }
    at += length;
    if (*at == '\0') break;
  }
  return error;
}

static char **list_of(const struct text *texts, size_t count) {
  char **list = calloc(count + 1, sizeof *list);
  for (size_t at = 0; list != NULL && at < count; at++) list[at] = (char *)texts[at].bytes;
  return list;
}

int step_exec(struct surroundings *around, const struct step *step) {
  const size_t count = (size_t)step->numbers[0];
  char **arguments = list_of(step->texts, count);
  char **environment = list_of(step->texts + count, step->text_count - count);
  if (arguments == NULL || environment == NULL) return ENOMEM;
  if (around->plan->init) init_split();
  reset_signals();
  return exec_found(arguments[0], arguments, environment);
}
