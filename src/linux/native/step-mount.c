/* The steps that shape the mount tree. */
#include "launcher.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#define ATIME_FLAGS (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)

struct target {
  int fd;
  char path[PATH_MAX];
};

/*
 * Before the pivot a path is held open and named by its descriptor, so that nothing can change between looking
 * and mounting; after it every path is the container's own.
 */
static int open_target(const struct surroundings *around, const char *path, enum make make, struct target *target) {
  const bool pivoted = around->root < 0;
  const int root = pivoted ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : around->root;
  target->fd = root < 0 ? -1 : open_inside(root, path, make);
  const int error = errno;
  if (pivoted && root >= 0) close(root);
  if (target->fd < 0) return error;
  if (!pivoted) snprintf(target->path, sizeof target->path, "/proc/self/fd/%d", target->fd);
  else if (strlen(path) < sizeof target->path) strcpy(target->path, path);
  else return close(target->fd), ENAMETOOLONG;
  return 0;
}

static const char *or_null(const struct text *text) {
  return text->length == 0 ? NULL : text->bytes;
}

int step_mount(struct surroundings *around, const struct step *step) {
  struct target target;
  int error = open_target(around, step->texts[1].bytes, (enum make)step->numbers[1], &target);
  if (error != 0) return error;
  const char *source = step->texts[0].length == 0 ? "none" : step->texts[0].bytes;
  if (mount(source, target.path, or_null(&step->texts[2]), (unsigned long)step->numbers[0],
            or_null(&step->texts[3])) != 0) {
    error = errno;
  }
  close(target.fd);
  return error;
}

/* A user namespace may not clear what its parent has set (mount_namespaces(7)), so what is set stays set. */
static unsigned long flags_of(const struct statvfs *status) {
  unsigned long flags = 0;
  if (status->f_flag & ST_RDONLY) flags |= MS_RDONLY;
  if (status->f_flag & ST_NOSUID) flags |= MS_NOSUID;
  if (status->f_flag & ST_NODEV) flags |= MS_NODEV;
  if (status->f_flag & ST_NOEXEC) flags |= MS_NOEXEC;
  if (status->f_flag & ST_NOATIME) flags |= MS_NOATIME;
  if (status->f_flag & ST_NODIRATIME) flags |= MS_NODIRATIME;
  if (status->f_flag & ST_RELATIME) flags |= MS_RELATIME;
  return flags;
}

int remount(const char *path, unsigned long wanted) {
  struct statvfs status;
  if (statvfs(path, &status) != 0) return errno;
  const unsigned long kept = flags_of(&status);
  const unsigned long flags = MS_REMOUNT | MS_BIND | wanted;
  const unsigned long softened = (wanted & ATIME_FLAGS) != 0 ? kept & ~(unsigned long)ATIME_FLAGS : kept;
  if (mount(NULL, path, NULL, flags | softened, NULL) == 0) return 0;
  if (errno != EPERM || softened == kept) return errno;
  return mount(NULL, path, NULL, (flags & ~(unsigned long)ATIME_FLAGS) | kept, NULL) == 0 ? 0 : errno;
}

/* mount_setattr(2), Linux 5.12, which libc may not know: its number is the same on every architecture. */
struct attributes {
  uint64_t set, clear, propagation, userns_fd;
};
enum { SYS_MOUNT_SETATTR = 442, ATTRIBUTE_RDONLY = 1, ATTRIBUTE_NOSUID = 2, ATTRIBUTE_NODEV = 4, ATTRIBUTE_NOEXEC = 8 };
#define RECURSIVE 0x8000

/* What is mounted below as well: adds flags, takes none away. */
static int restrict_tree(int fd, unsigned long wanted) {
  struct attributes attributes = {0};
  if (wanted & MS_RDONLY) attributes.set |= ATTRIBUTE_RDONLY;
  if (wanted & MS_NOSUID) attributes.set |= ATTRIBUTE_NOSUID;
  if (wanted & MS_NODEV) attributes.set |= ATTRIBUTE_NODEV;
  if (wanted & MS_NOEXEC) attributes.set |= ATTRIBUTE_NOEXEC;
  const long result = syscall(SYS_MOUNT_SETATTR, fd, "", AT_EMPTY_PATH | RECURSIVE, &attributes, sizeof attributes);
  return result == 0 ? 0 : errno;
}

int step_remount(struct surroundings *around, const struct step *step) {
  struct target target;
  int error = open_target(around, step->texts[0].bytes, MAKE_NOTHING, &target);
  if (error != 0) return error;
  const unsigned long wanted = (unsigned long)step->numbers[0];
  error = remount(target.path, wanted & ~(unsigned long)MS_REC);
  /* Before Linux 5.12 the mounts below stay as they are, as docker has it. */
  if (error == 0 && (wanted & MS_REC) && (error = restrict_tree(target.fd, wanted)) == ENOSYS) error = 0;
  close(target.fd);
  return error;
}

static int make_node(const struct surroundings *around, const struct step *step) {
  const char *name;
  const dev_t device = makedev((unsigned)step->numbers[0], (unsigned)step->numbers[1]);
  const mode_t type = S_ISBLK((mode_t)step->numbers[2]) ? S_IFBLK : S_IFCHR;
  const mode_t permissions = (mode_t)step->numbers[2] & 07777;
  const bool pivoted = around->root < 0;
  const int root = pivoted ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : around->root;
  int folder = root < 0 ? -1 : open_folder_inside(root, step->texts[0].bytes, &name);
  int error = folder < 0 ? errno : 0;
  if (pivoted && root >= 0) close(root);
  if (folder < 0) return error;
  struct stat status;
  if (mknodat(folder, name, type | permissions, device) == 0) {
    if (fchmodat(folder, name, permissions, 0) != 0) error = errno;
  } else if (errno != EEXIST || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
             (status.st_mode & S_IFMT) != type || status.st_rdev != device) {
    error = errno;
  }
  close(folder);
  return error;
}

/* On a mount without nodev a node can be made that cannot be opened: in a user namespace mknod may even succeed. */
static int bind_host_device(const struct surroundings *around, const char *path) {
  struct target target;
  int error = open_target(around, path, MAKE_FILE, &target);
  if (error != 0) return error;
  if (mount(path, target.path, NULL, MS_BIND, NULL) != 0) error = errno;
  close(target.fd);
  return error;
}

/* A mount of its own: it can be opened although the file system it is on is nodev by the time it is. */
static int bind_to_itself(const struct surroundings *around, const char *path) {
  struct target target;
  int error = open_target(around, path, MAKE_NOTHING, &target);
  if (error != 0) return error;
  if (mount(target.path, target.path, NULL, MS_BIND, NULL) != 0) error = errno;
  close(target.fd);
  return error;
}

int step_device(struct surroundings *around, const struct step *step) {
  const char *path = step->texts[0].bytes;
  int error = make_node(around, step);
  if (error == EPERM || error == EEXIST || error == EACCES) return bind_host_device(around, path);
  return error != 0 ? error : bind_to_itself(around, path);
}

int step_symlink(struct surroundings *around, const struct step *step) {
  const char *name;
  const bool pivoted = around->root < 0;
  const int root = pivoted ? open("/", O_PATH | O_DIRECTORY | O_CLOEXEC) : around->root;
  int folder = root < 0 ? -1 : open_folder_inside(root, step->texts[1].bytes, &name);
  int error = folder < 0 ? errno : 0;
  if (pivoted && root >= 0) close(root);
  if (folder < 0) return error;
  if (symlinkat(step->texts[0].bytes, folder, name) != 0 && errno != EEXIST) error = errno;
  close(folder);
  return error;
}

/* pivot_root(2), NOTES: with new_root as put_old the old root lies on top of the new one, and is taken off. */
static int pivot(void) {
  if (syscall(SYS_pivot_root, ".", ".") != 0) return errno;
  return umount2(".", MNT_DETACH) == 0 ? 0 : errno;
}

int step_pivot_root(struct surroundings *around, const struct step *step) {
  (void)step;
  if (fchdir(around->root) != 0) return errno;
  int error = pivot();
  if (error == EINVAL) {
    /* The root is an initramfs, which cannot be pivoted away from. */
    if (mount(".", "/", NULL, MS_MOVE, NULL) != 0) return errno;
    if (chroot(".") != 0) return errno;
    error = 0;
  }
  if (error != 0) return error;
  close(around->root);
  around->root = -1;
  return chdir("/") == 0 ? 0 : errno;
}

int step_mask(struct surroundings *around, const struct step *step) {
  struct target target;
  struct stat status;
  int error = open_target(around, step->texts[0].bytes, MAKE_NOTHING, &target);
  if (error == ENOENT || error == ENOTDIR) return 0;
  if (error != 0) return error;
  if (fstat(target.fd, &status) != 0) error = errno;
  else if (S_ISDIR(status.st_mode)) {
    if (mount("tmpfs", target.path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k") != 0) error = errno;
  } else if (mount("/dev/null", target.path, NULL, MS_BIND, NULL) != 0) {
    error = errno;
  }
  close(target.fd);
  return error;
}

int step_read_only(struct surroundings *around, const struct step *step) {
  struct target target;
  int error = open_target(around, step->texts[0].bytes, MAKE_NOTHING, &target);
  if (error == ENOENT || error == ENOTDIR) return 0;
  if (error != 0) return error;
  if (mount(target.path, target.path, NULL, MS_BIND | MS_REC, NULL) != 0) error = errno;
  close(target.fd);
  if (error != 0) return error;
  /* The descriptor was below the new mount; the path is looked up again to stand on it. */
  error = open_target(around, step->texts[0].bytes, MAKE_NOTHING, &target);
  if (error != 0) return error;
  error = remount(target.path, MS_RDONLY);
  close(target.fd);
  return error;
}

int step_write(struct surroundings *around, const struct step *step) {
  struct target target;
  int error = open_target(around, step->texts[0].bytes, MAKE_FILE, &target);
  if (error != 0) return error;
  int fd = open(target.path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (fd < 0) error = errno;
  const struct text *data = &step->texts[1];
  for (uint32_t done = 0; error == 0 && done < data->length;) {
    ssize_t count = write(fd, data->bytes + done, data->length - done);
    if (count < 0) error = errno;
    else done += (uint32_t)count;
  }
  if (fd >= 0) close(fd);
  close(target.fd);
  return error;
}
