/*
 * Becomes Node inside a user namespace and a private mount namespace, keeping the process id.
 *
 * A child makes and maps the user namespace and proves that it can mount there; only then does this process
 * join it. So where the kernel or a policy refuses (sysctl, AppArmor, seccomp), nothing has been lost: Node
 * starts as the user it was. TSBUILD_NAMESPACE tells it "<pid>:<rung>" and what stood in the way, if anything,
 * as ":<what> <errno>".
 */
#include "launcher.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

struct rung {
  const char *name;
  const char *obstacle;
  int error;
};

struct attempt {
  int32_t error;
  int32_t at; /* which of the things in `obstacles` */
};

enum { AT_UNSHARE, AT_UID_MAP, AT_MOUNT, AT_SUBIDS, AT_NEWUIDMAP, AT_SETNS };
static const char *const obstacles[] = {"unshare", "uid_map", "mount", "subids", "newuidmap", "setns"};

static bool can_administrate(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) != 0) return false;
  return (data[0].effective & (1u << CAP_SYS_ADMIN)) != 0;
}

static bool make_mounts_private(void) {
  return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
}

static bool path_of_executable(char *path, size_t size) {
  ssize_t length = readlink("/proc/self/exe", path, size);
  if (length < 0 || (size_t)length >= size) return false;
  path[length] = '\0';
  return true;
}

/* An image may name /proc/self/exe as its interpreter and get at this program: not to write to it (CVE-2019-5736). */
static void protect_executable(void) {
  char path[PATH_MAX];
  if (!path_of_executable(path, sizeof path) || mount(path, path, NULL, MS_BIND, NULL) != 0) return;
  if (remount(path, MS_RDONLY) != 0) umount2(path, MNT_DETACH);
}

static bool read_exactly(int fd, void *data, size_t size) {
  ssize_t count;
  do count = read(fd, data, size);
  while (count < 0 && errno == EINTR);
  return count == (ssize_t)size;
}

static void answer(int fd, int at, int error) {
  const struct attempt attempt = {.error = error, .at = at};
  if (write(fd, &attempt, sizeof attempt) < 0) _exit(1);
}

/* The child: makes the namespace, waits for the map or makes a single one, tries a mount, and stays to be joined. */
static _Noreturn void hold_namespace(int from_parent, int to_parent, uid_t uid, gid_t gid) {
  int32_t mapped;
  if (unshare(CLONE_NEWUSER) != 0) {
    answer(to_parent, AT_UNSHARE, errno);
    _exit(1);
  }
  answer(to_parent, AT_UNSHARE, 0);
  if (!read_exactly(from_parent, &mapped, sizeof mapped)) _exit(1);
  if (!mapped) {
    int error = id_maps_write_single(uid, gid);
    if (error != 0) {
      answer(to_parent, AT_UID_MAP, error);
      _exit(1);
    }
  }
  answer(to_parent, AT_MOUNT, make_mounts_private() ? 0 : errno);
  if (!read_exactly(from_parent, &mapped, sizeof mapped)) _exit(1);
  _exit(0);
}

static bool map_range(pid_t child, uid_t uid, gid_t gid, struct rung *rung) {
  struct id_map uids, gids;
  if (uid == 0) {
    /* A root without CAP_SYS_ADMIN, as in a container: whatever ids it has, it keeps. */
    if (!id_map_identity("/proc/self/uid_map", &uids) || !id_map_identity("/proc/self/gid_map", &gids)) {
      *rung = (struct rung){"none", obstacles[AT_SUBIDS], ENOENT};
      return false;
    }
  } else if (!id_map_of_user("/etc/subuid", uid, uid, &uids) ||
             !id_map_of_user("/etc/subgid", uid, gid, &gids)) {
    *rung = (struct rung){"none", obstacles[AT_SUBIDS], ENOENT};
    return false;
  }
  int error = id_maps_write(child, &uids, &gids);
  if (error != 0) *rung = (struct rung){"none", obstacles[AT_NEWUIDMAP], error};
  return error == 0;
}

static int open_namespace(pid_t child, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)child, name);
  return open(path, O_RDONLY | O_CLOEXEC);
}

/* Both namespaces are the child's; joining its mounts forgets the working directory. */
static struct rung join_child(pid_t child) {
  char folder[PATH_MAX];
  const bool has_folder = getcwd(folder, sizeof folder) != NULL && folder[0] == '/';
  const int user = open_namespace(child, "user");
  const int mounts = open_namespace(child, "mnt");
  struct rung rung = {.name = "none", .obstacle = obstacles[AT_SETNS]};
  if (user < 0 || mounts < 0 || setns(user, CLONE_NEWUSER) != 0) rung.error = errno;
  else if (setns(mounts, CLONE_NEWNS) != 0) rung.error = errno;
  else if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0) rung.error = errno;
  else if (has_folder && chdir(folder) != 0) rung.error = errno;
  else rung.obstacle = NULL;
  close(user);
  close(mounts);
  return rung;
}

static struct rung with_child(pid_t child, int from_child, int to_child, bool wants_range) {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  struct rung rung = {.name = "none"};
  struct attempt attempt;
  if (!read_exactly(from_child, &attempt, sizeof attempt)) attempt = (struct attempt){.error = ECHILD};
  if (attempt.error != 0) return (struct rung){"none", obstacles[AT_UNSHARE], attempt.error};

  const int32_t mapped = wants_range && map_range(child, uid, gid, &rung);
  if (wants_range && !mapped) return rung;
  if (write(to_child, &mapped, sizeof mapped) < 0 || !read_exactly(from_child, &attempt, sizeof attempt)) {
    return (struct rung){"none", obstacles[AT_UID_MAP], ECHILD};
  }
  if (attempt.error != 0) return (struct rung){"none", obstacles[attempt.at], attempt.error};
  rung = join_child(child);
  if (rung.obstacle == NULL) rung.name = mapped ? "subids" : "single";
  return rung;
}

static struct rung enter_user_namespace(bool wants_range) {
  int down[2], up[2];
  if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) return (struct rung){"none", "pipe", errno};
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  pid_t child = fork();
  if (child < 0) return (struct rung){"none", "fork", errno};
  if (child == 0) {
    close(down[1]);
    close(up[0]);
    hold_namespace(down[0], up[1], uid, gid);
  }
  close(down[0]);
  close(up[1]);
  struct rung rung = with_child(child, up[0], down[1], wants_range);
  close(down[1]);
  close(up[0]);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
  return rung;
}

/* A map that was half written cannot be changed, so each try is a namespace of its own. */
static struct rung try_user_namespaces(void) {
  const struct rung range = enter_user_namespace(true);
  if (range.obstacle == NULL) return range;
  if (range.obstacle != obstacles[AT_SUBIDS] && range.obstacle != obstacles[AT_NEWUIDMAP]) return range;
  struct rung single = enter_user_namespace(false);
  return single.obstacle != NULL ? single : (struct rung){single.name, range.obstacle, range.error};
}

static struct rung enter_namespaces(void) {
  if (geteuid() == 0 && can_administrate()) {
    if (!make_mounts_private()) return (struct rung){"none", obstacles[AT_MOUNT], errno};
    const uint64_t ids = id_map_size("/proc/self/uid_map");
    if (ids == UINT32_MAX) return (struct rung){.name = "root"};
    return (struct rung){.name = ids == 1 ? "single" : "subids"};
  }
  /* The child is reaped here: an inherited SIG_IGN would take it away. */
  void (*before)(int) = signal(SIGCHLD, SIG_DFL);
  struct rung rung = try_user_namespaces();
  signal(SIGCHLD, before);
  return rung;
}

static void tell_node(const struct rung *rung) {
  char text[128];
  if (rung->obstacle == NULL) snprintf(text, sizeof text, "%d:%s", (int)getpid(), rung->name);
  else snprintf(text, sizeof text, "%d:%s:%s %d", (int)getpid(), rung->name, rung->obstacle, rung->error);
  setenv("TSBUILD_NAMESPACE", text, 1);
}

/*
 * Node 20 reads every certificate in this file when it starts, 65 ms for a system's bundle, whether it will speak TLS or
 * not. So the tool's own Node does not see it; src/app/machine/extra-certificates.ts puts it back.
 */
static void set_certificates_aside(void) {
  const char *file = getenv("NODE_EXTRA_CA_CERTS");
  if (file == NULL) return;
  setenv("TSBUILD_NODE_EXTRA_CA_CERTS", file, 1);
  unsetenv("NODE_EXTRA_CA_CERTS");
}

/*
 * glibc learns to keep freed memory of the size of our buffers, up to 64 MB in each thread. Told at what size it gives memory
 * back, it learns nothing, and pulling and unpacking an image of 150 MB peaks at 178 MB where it peaked at 216.
 */
static void give_memory_back(void) {
  setenv("MALLOC_TRIM_THRESHOLD_", "131072", 0);
}

/* "bin.js" beside the executable itself, whatever link it was called by. */
static bool script_beside_executable(char *path, size_t size) {
  char *name = path_of_executable(path, size) ? strrchr(path, '/') : NULL;
  if (name == NULL || (size_t)(name - path) + sizeof "/bin.js" > size) return false;
  strcpy(name, "/bin.js");
  return true;
}

/* A server, and the command it runs beside itself, live where their user does. */
static bool needs_namespaces(int argc, char **argv) {
  return argc < 3 || strcmp(argv[1], "registry") != 0 || strcmp(argv[2], "serve") != 0;
}

/*
 * Node looks for some options of its own behind the script as well: --env-file, and in newer versions files of
 * configuration. It would read one that was meant for a container, NODE_OPTIONS in it included. So such an argument
 * is handed over behind a sign, which src/arguments.ts takes off.
 */
static char *past_node(char *argument) {
  static const char *const taken[] = {"\1", "--env-file", "--experimental-"};
  for (size_t at = 0; at < sizeof taken / sizeof *taken; at++) {
    if (strncmp(argument, taken[at], strlen(taken[at])) != 0) continue;
    char *signed_argument = calloc(strlen(argument) + 2, 1);
    signed_argument[0] = '\1';
    return strcat(signed_argument, argument);
  }
  return argument;
}

int enter(int argc, char **argv) {
  static char script[PATH_MAX];
  int first = 1;
  if (argc > 2 && strcmp(argv[1], "--enter") == 0) {
    snprintf(script, sizeof script, "%s", argv[2]);
    first = 3;
  } else if (script_beside_executable(script, sizeof script)) {
    set_certificates_aside();
  } else {
    fputs("tsbuild: cannot tell where its own executable is (is /proc mounted?)\n", stderr);
    return 127;
  }
  give_memory_back();
  const char *chosen = getenv("TSBUILD_NODE");
  const char *node = chosen != NULL && *chosen != '\0' ? chosen : "node";
  char **arguments = calloc((size_t)(argc - first) + 3, sizeof *arguments);
  int count = 0;
  arguments[count++] = (char *)node;
  arguments[count++] = script;
  for (int at = first; at < argc; at++) arguments[count++] = past_node(argv[at]);

  if (needs_namespaces(argc, argv)) {
    const struct rung rung = enter_namespaces();
    if (strcmp(rung.name, "none") != 0) protect_executable();
    tell_node(&rung);
  } else {
    unsetenv("TSBUILD_NAMESPACE");
  }
  execvp(node, arguments);
  fprintf(stderr, "tsbuild: cannot start Node.js (\"%s\"): %s\nPut node on the PATH, or name it in TSBUILD_NODE.\n",
          node, strerror(errno));
  return 127;
}
