/* Ids of a user namespace: sub-id ranges of /etc/subuid and /etc/subgid, and the two ways to write a map. */
#include "launcher.h"

#include <spawn.h>
#include <sys/wait.h>

#define MAP_TEXT_MAX 4096

bool write_file(const char *path, const char *data, size_t size) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t written = write(fd, data, size);
  int error = errno;
  close(fd);
  errno = error;
  return written == (ssize_t)size;
}

/* getpwuid would need the host's NSS libraries, which a static program must not load. */
static bool name_of_user(uid_t uid, char *name, size_t size) {
  FILE *file = fopen("/etc/passwd", "re");
  if (file == NULL) return false;
  char line[1024];
  bool found = false;
  while (!found && fgets(line, sizeof line, file) != NULL) {
    char *password = strchr(line, ':');
    char *id = password == NULL ? NULL : strchr(password + 1, ':');
    if (id == NULL) continue;
    char *end;
    unsigned long number = strtoul(id + 1, &end, 10);
    *password = '\0';
    found = *end == ':' && end != id + 1 && number == uid && strlen(line) < size;
    if (found) strcpy(name, line);
  }
  fclose(file);
  return found;
}

static bool parse_range(char *line, const char *name, uid_t uid, struct id_range *range) {
  char *start = strchr(line, ':');
  if (start == NULL) return false;
  *start++ = '\0';
  char number[16];
  snprintf(number, sizeof number, "%u", uid);
  if (strcmp(line, name) != 0 && strcmp(line, number) != 0) return false;
  char *end;
  errno = 0;
  unsigned long long first = strtoull(start, &end, 10);
  if (*end != ':' || end == start) return false;
  char *count = end + 1;
  unsigned long long size = strtoull(count, &end, 10);
  if (end == count || errno != 0 || first == 0 || size == 0 || first + size > UINT32_MAX) return false;
  *range = (struct id_range){.outside = (uint32_t)first, .size = (uint32_t)size};
  return true;
}

bool id_map_of_user(const char *path, uid_t uid, uint32_t own_id, struct id_map *map) {
  char name[256];
  if (!name_of_user(uid, name, sizeof name)) {
    const char *user = getenv("USER");
    snprintf(name, sizeof name, "%s", user == NULL ? "" : user);
  }
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  map->ranges = calloc(ID_RANGES_MAX, sizeof *map->ranges);
  map->ranges[0] = (struct id_range){.inside = 0, .outside = own_id, .size = 1};
  map->count = 1;
  uint64_t next = 1;
  char line[1024];
  while (map->count < ID_RANGES_MAX && fgets(line, sizeof line, file) != NULL) {
    struct id_range range;
    if (!parse_range(line, name, uid, &range) || next + range.size > UINT32_MAX) continue;
    range.inside = (uint32_t)next;
    next += range.size;
    map->ranges[map->count++] = range;
  }
  fclose(file);
  return map->count > 1;
}

bool id_map_identity(const char *path, struct id_map *map) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  map->ranges = calloc(ID_RANGES_MAX, sizeof *map->ranges);
  map->count = 0;
  unsigned inside, outside, size;
  while (map->count < ID_RANGES_MAX && fscanf(file, "%u %u %u", &inside, &outside, &size) == 3) {
    map->ranges[map->count++] = (struct id_range){.inside = inside, .outside = inside, .size = size};
  }
  fclose(file);
  return map->count > 0;
}

uint64_t id_map_size(const char *path) {
  struct id_map map;
  if (!id_map_identity(path, &map)) return 0;
  uint64_t size = 0;
  for (uint32_t at = 0; at < map.count; at++) size += map.ranges[at].size;
  free(map.ranges);
  return size;
}

static int write_direct(pid_t pid, const char *kind, const struct id_map *map) {
  char path[64];
  char text[MAP_TEXT_MAX];
  size_t size = 0;
  for (uint32_t at = 0; at < map->count; at++) {
    const struct id_range *range = &map->ranges[at];
    int added = snprintf(text + size, sizeof text - size, "%u %u %u\n", range->inside, range->outside,
                         range->size);
    if (added < 0 || (size_t)added >= sizeof text - size) return E2BIG;
    size += (size_t)added;
  }
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, kind);
  return write_file(path, text, size) ? 0 : errno;
}

static int start_helper(const char *program, pid_t pid, const struct id_map *map, pid_t *child) {
  static char numbers[3 * ID_RANGES_MAX + 1][16];
  char *arguments[3 * ID_RANGES_MAX + 3];
  int count = 0;
  arguments[count++] = (char *)program;
  snprintf(numbers[0], sizeof numbers[0], "%d", (int)pid);
  arguments[count++] = numbers[0];
  for (uint32_t at = 0; at < map->count && at < ID_RANGES_MAX; at++) {
    const uint32_t parts[3] = {map->ranges[at].inside, map->ranges[at].outside, map->ranges[at].size};
    for (int part = 0; part < 3; part++) {
      char *number = numbers[1 + 3 * at + part];
      snprintf(number, sizeof numbers[0], "%u", parts[part]);
      arguments[count++] = number;
    }
  }
  arguments[count] = NULL;
  /* Its complaints are not the user's: what failed is told as the rung's reason. */
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  char *environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
  int error = posix_spawnp(child, program, &actions, NULL, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static int wait_for_helper(pid_t child) {
  int status;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return errno;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : EPERM;
}

/* Both at once: each is a setuid program that costs most of a millisecond. */
static int write_with_helpers(pid_t pid, const struct id_map *uids, const struct id_map *gids) {
  pid_t uid_helper, gid_helper;
  int uid_error = start_helper("newuidmap", pid, uids, &uid_helper);
  int gid_error = start_helper("newgidmap", pid, gids, &gid_helper);
  if (uid_error == 0) uid_error = wait_for_helper(uid_helper);
  if (gid_error == 0) gid_error = wait_for_helper(gid_helper);
  return uid_error != 0 ? uid_error : gid_error;
}

static bool is_own_id_only(const struct id_map *map, uint32_t own_id) {
  return map->count == 1 && map->ranges[0].size == 1 && map->ranges[0].outside == own_id;
}

int id_maps_write(pid_t pid, const struct id_map *uids, const struct id_map *gids) {
  int error = write_direct(pid, "uid_map", uids);
  if (error == EPERM) {
    if (!is_own_id_only(uids, geteuid())) return write_with_helpers(pid, uids, gids);
    return error;
  }
  if (error != 0) return error;
  error = write_direct(pid, "gid_map", gids);
  if (error == EPERM && is_own_id_only(gids, getegid())) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/setgroups", (int)pid);
    if (!write_file(path, "deny", 4)) return errno;
    error = write_direct(pid, "gid_map", gids);
  }
  return error;
}

int id_maps_write_single(uid_t uid, gid_t gid) {
  struct id_range uid_range = {.outside = uid, .size = 1};
  struct id_range gid_range = {.outside = gid, .size = 1};
  const struct id_map uids = {.count = 1, .ranges = &uid_range};
  const struct id_map gids = {.count = 1, .ranges = &gid_range};
  if (!write_file("/proc/self/setgroups", "deny", 4) && errno != ENOENT) return errno;
  int error = write_direct(getpid(), "uid_map", &uids);
  return error != 0 ? error : write_direct(getpid(), "gid_map", &gids);
}
