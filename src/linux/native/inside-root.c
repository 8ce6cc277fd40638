/* Paths of an image, followed as the container will: no symbolic link leads out of the root. */
#include "launcher.h"

#include <sys/stat.h>

#define LINKS_MAX 40
#define DEPTH_MAX 256

struct how {
  uint64_t flags, mode, resolve;
};

#define RESOLVE_NO_MAGICLINKS_ 0x02
#define RESOLVE_IN_ROOT_ 0x10

/* For kernels before 5.6 and filters that do not know openat2: one component at a time, links by hand. */
static int walk(int root, const char *path) {
  int folders[DEPTH_MAX];
  int depth = 0;
  int links = 0;
  char rest[PATH_MAX];
  if (strlen(path) >= sizeof rest) return errno = ENAMETOOLONG, -1;
  strcpy(rest, path);
  folders[0] = fcntl(root, F_DUPFD_CLOEXEC, 3);
  if (folders[0] < 0) return -1;
  int error = 0;
  while (error == 0) {
    char *name = rest + strspn(rest, "/");
    if (*name == '\0') return folders[depth];
    size_t length = strcspn(name, "/");
    char after[PATH_MAX];
    strcpy(after, name + length);
    name[length] = '\0';
    if (strcmp(name, ".") == 0) {
      strcpy(rest, after);
      continue;
    }
    if (strcmp(name, "..") == 0) {
      if (depth > 0) close(folders[depth--]);
      strcpy(rest, after);
      continue;
    }
    int fd = openat(folders[depth], name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
      error = errno;
    } else if (S_ISLNK(status.st_mode)) {
      char link[PATH_MAX];
      ssize_t size = readlinkat(fd, "", link, sizeof link - 1);
      close(fd);
      if (size < 0) error = errno;
      else if (++links > LINKS_MAX) error = ELOOP;
      else if ((size_t)size + strlen(after) + 2 > sizeof rest) error = ENAMETOOLONG;
      else {
        link[size] = '\0';
        while (link[0] == '/' && depth > 0) close(folders[depth--]);
        memcpy(rest, link, (size_t)size);
        rest[size] = '/';
        strcpy(rest + size + 1, after);
      }
    } else if (depth + 1 == DEPTH_MAX) {
      close(fd);
      error = ENAMETOOLONG;
    } else {
      folders[++depth] = fd;
      strcpy(rest, after);
    }
  }
  while (depth >= 0) close(folders[depth--]);
  errno = error;
  return -1;
}

static int open_existing(int root, const char *path) {
  const struct how how = {
      .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT_ | RESOLVE_NO_MAGICLINKS_};
  const char *inside = *path == '\0' ? "/" : path;
  /* EAGAIN: something was renamed meanwhile, and the kernel could not tell whether ".." was safe. */
  for (int attempt = 0; attempt < 64; attempt++) {
    int fd = (int)syscall(SYS_openat2, root, inside, &how, sizeof how);
    if (fd >= 0) return fd;
    if (errno == ENOSYS || errno == EPERM) return walk(root, inside);
    if (errno != EAGAIN) return -1;
  }
  return -1;
}

static int make_entry(int folder, const char *name, enum make make) {
  if (make == MAKE_DIRECTORY) return mkdirat(folder, name, 0755);
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  close(fd);
  return 0;
}

/* path becomes: what its dangling link says, then the rest. */
static int follow_dangling(int folder, char *path, size_t start, size_t length) {
  char link[PATH_MAX], followed[2 * PATH_MAX], name[NAME_MAX + 1];
  if (length > NAME_MAX) return ENAMETOOLONG;
  memcpy(name, path + start, length);
  name[length] = '\0';
  ssize_t size = readlinkat(folder, name, link, sizeof link - 1);
  if (size < 0) return errno == EINVAL ? EEXIST : errno;
  link[size] = '\0';
  const int before = link[0] == '/' ? 0 : (int)start;
  int total = snprintf(followed, sizeof followed, "%.*s%s%s", before, path, link, path + start + length);
  if (total < 0 || total >= PATH_MAX) return ENAMETOOLONG;
  strcpy(path, followed);
  return 0;
}

/* Makes the first component that is missing. Sets *again when there may be more to make. */
static int make_first_missing(int root, char *path, enum make make, bool *again) {
  size_t start = strspn(path, "/");
  *again = true;
  while (path[start] != '\0') {
    const size_t length = strcspn(path + start, "/");
    const size_t end = start + length;
    const size_t next = end + strspn(path + end, "/");
    const char kept = path[end];
    path[end] = '\0';
    int fd = open_existing(root, path);
    const int error = fd < 0 ? errno : 0;
    if (fd >= 0) close(fd);
    if (error == 0) {
      path[end] = kept;
      start = next;
      continue;
    }
    char folder_path[PATH_MAX];
    snprintf(folder_path, sizeof folder_path, "/%.*s", (int)start, path);
    const bool is_up = strcmp(path + start, "..") == 0 || strcmp(path + start, ".") == 0;
    int folder = error == ENOENT && !is_up ? open_existing(root, folder_path) : -1;
    if (folder < 0) return error;
    const bool is_last = path[next] == '\0';
    int made = make_entry(folder, path + start, is_last ? make : MAKE_DIRECTORY) == 0 ? 0 : errno;
    path[end] = kept;
    if (made == EEXIST) made = follow_dangling(folder, path, start, length);
    close(folder);
    return made;
  }
  *again = false;
  return 0;
}

int open_inside(int root, const char *path, enum make make) {
  int fd = open_existing(root, path);
  if (fd >= 0 || errno != ENOENT || make == MAKE_NOTHING) return fd;
  char wanted[PATH_MAX];
  if (strlen(path) >= sizeof wanted) return errno = ENAMETOOLONG, -1;
  strcpy(wanted, path);
  for (int attempt = 0; attempt < DEPTH_MAX + LINKS_MAX; attempt++) {
    bool again;
    int error = make_first_missing(root, wanted, make, &again);
    if (error != 0) return errno = error, -1;
    if (!again) return open_existing(root, wanted);
  }
  return errno = ELOOP, -1;
}

int open_folder_inside(int root, const char *path, const char **name) {
  char folder[PATH_MAX];
  const char *slash = strrchr(path, '/');
  *name = slash == NULL ? path : slash + 1;
  const size_t length = slash == NULL ? 0 : (size_t)(slash - path);
  if (length >= sizeof folder) return errno = ENAMETOOLONG, -1;
  if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0) return errno = EINVAL, -1;
  memcpy(folder, path, length);
  folder[length] = '\0';
  return open_inside(root, folder, MAKE_DIRECTORY);
}
