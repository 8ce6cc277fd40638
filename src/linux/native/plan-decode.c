/* Bytes of a plan to structures that point into them. Nothing is carried out before all of it has been checked. */
#include "launcher.h"

#define PLAN_MAX (16u << 20)
#define PLAN_MAGIC 0x50425354u /* "TSBP" */
#define PLAN_VERSION 1u
#define FLAG_TERMINAL 1u
#define FLAG_INIT 2u
#define STEPS_MAX 4096u
#define NUMBERS_MAX 4096u
#define TEXTS_MAX 65536u
#define LIST_MAX 340u /* lines of a uid_map: user_namespaces(7) */

#define ALL_NAMESPACES                                                                              \
  (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | \
   CLONE_NEWTIME)

struct cursor {
  const unsigned char *at;
  const unsigned char *end;
  bool bad;
};

/* How many numbers and texts a step has; the text at `blob` may hold any byte. */
struct shape {
  uint32_t numbers_min, numbers_max, texts_min, texts_max;
  int blob;
};

static const struct shape shapes[STEP_KINDS] = {
    [STEP_MOUNT] = {2, 2, 4, 4, -1},
    [STEP_REMOUNT] = {1, 1, 1, 1, -1},
    [STEP_DEVICE] = {3, 3, 1, 1, -1},
    [STEP_SYMLINK] = {0, 0, 2, 2, -1},
    [STEP_PIVOT_ROOT] = {0, 0, 0, 0, -1},
    [STEP_MASK] = {0, 0, 1, 1, -1},
    [STEP_READ_ONLY] = {0, 0, 1, 1, -1},
    [STEP_WRITE] = {0, 0, 2, 2, 1},
    [STEP_HOSTNAME] = {0, 0, 1, 1, -1},
    [STEP_DOMAINNAME] = {0, 0, 1, 1, -1},
    [STEP_LOOPBACK_UP] = {0, 0, 0, 0, -1},
    [STEP_RLIMIT] = {3, 3, 0, 0, -1},
    [STEP_UMASK] = {1, 1, 0, 0, -1},
    [STEP_NO_NEW_PRIVS] = {0, 0, 0, 0, -1},
    [STEP_SECCOMP] = {1, 1, 1, 1, 0},
    [STEP_BOUNDING_SET] = {1, 1, 0, 0, -1},
    [STEP_USER] = {2, NUMBERS_MAX, 0, 0, -1},
    [STEP_CAPABILITIES] = {4, 4, 0, 0, -1},
    [STEP_CHDIR] = {0, 0, 1, 1, -1},
    [STEP_EXEC] = {1, 1, 1, TEXTS_MAX, -1},
};

static const void *take(struct cursor *from, size_t size) {
  if (from->bad || (size_t)(from->end - from->at) < size) {
    from->bad = true;
    return NULL;
  }
  const void *taken = from->at;
  from->at += size;
  return taken;
}

static uint32_t take_u32(struct cursor *from) {
  uint32_t value = 0;
  const void *bytes = take(from, sizeof value);
  if (bytes != NULL) memcpy(&value, bytes, sizeof value);
  return value;
}

static uint64_t take_u64(struct cursor *from) {
  uint64_t value = 0;
  const void *bytes = take(from, sizeof value);
  if (bytes != NULL) memcpy(&value, bytes, sizeof value);
  return value;
}

static struct text take_text(struct cursor *from, bool any_byte) {
  struct text text = {.bytes = "", .length = take_u32(from)};
  const char *bytes = take(from, (size_t)text.length + 1);
  if (bytes == NULL) return (struct text){.bytes = ""};
  if (bytes[text.length] != '\0' || (!any_byte && memchr(bytes, '\0', text.length) != NULL)) from->bad = true;
  text.bytes = bytes;
  return text;
}

/* A count that the bytes left could hold at `least` bytes an item, so no allocation outgrows the plan. */
static uint32_t take_count(struct cursor *from, uint32_t max, size_t least) {
  uint32_t count = take_u32(from);
  if (count > max || (size_t)count * least > (size_t)(from->end - from->at)) from->bad = true;
  return from->bad ? 0 : count;
}

static void *array_of(struct cursor *from, uint32_t count, size_t size) {
  void *array = calloc(count == 0 ? 1 : count, size);
  if (array == NULL) from->bad = true;
  return array;
}

static void take_map(struct cursor *from, struct id_map *map) {
  uint32_t count = take_count(from, LIST_MAX, 12);
  map->ranges = array_of(from, count, sizeof *map->ranges);
  for (uint32_t at = 0; at < count && !from->bad; at++) {
    map->ranges[at].inside = take_u32(from);
    map->ranges[at].outside = take_u32(from);
    map->ranges[at].size = take_u32(from);
  }
  map->count = count;
}

static void take_surroundings(struct cursor *from, struct plan *plan) {
  plan->join_count = take_count(from, 16, 9);
  plan->joins = array_of(from, plan->join_count, sizeof *plan->joins);
  for (uint32_t at = 0; at < plan->join_count && !from->bad; at++) {
    plan->joins[at].kind = (int)take_u32(from);
    plan->joins[at].path = take_text(from, false).bytes;
  }
  take_map(from, &plan->uids);
  take_map(from, &plan->gids);
  plan->time_offset_count = take_count(from, 2, 16);
  plan->time_offsets = array_of(from, plan->time_offset_count, sizeof *plan->time_offsets);
  for (uint32_t at = 0; at < plan->time_offset_count && !from->bad; at++) {
    plan->time_offsets[at].clock = take_u32(from);
    plan->time_offsets[at].secs = (int64_t)take_u64(from);
    plan->time_offsets[at].nanosecs = take_u32(from);
  }
}

static void take_step(struct cursor *from, struct step *step) {
  uint32_t kind = take_u32(from);
  if (from->bad || kind == 0 || kind >= STEP_KINDS) {
    from->bad = true;
    return;
  }
  const struct shape *shape = &shapes[kind];
  step->kind = (enum step_kind)kind;
  step->number_count = take_count(from, shape->numbers_max, 8);
  step->numbers = array_of(from, step->number_count, sizeof *step->numbers);
  for (uint32_t at = 0; at < step->number_count && !from->bad; at++) step->numbers[at] = take_u64(from);
  step->text_count = take_count(from, shape->texts_max, 5);
  step->texts = array_of(from, step->text_count, sizeof *step->texts);
  for (uint32_t at = 0; at < step->text_count && !from->bad; at++) {
    step->texts[at] = take_text(from, (int)at == shape->blob);
  }
  if (step->number_count < shape->numbers_min || step->text_count < shape->texts_min) from->bad = true;
}

static bool has_mount_namespace(const struct plan *plan) {
  for (uint32_t at = 0; at < plan->join_count; at++) {
    if (plan->joins[at].kind == CLONE_NEWNS) return true;
  }
  return (plan->namespaces & CLONE_NEWNS) != 0;
}

/* What would change the caller's own mounts, or never start anything, is no plan. */
static bool is_sensible(const struct plan *plan) {
  if ((plan->namespaces & ~ALL_NAMESPACES) != 0 || plan->step_count == 0) return false;
  if (plan->time_offset_count > 0 && (plan->namespaces & CLONE_NEWTIME) == 0) return false;
  if ((plan->namespaces & CLONE_NEWUSER) == 0 && plan->uids.count + plan->gids.count > 0) return false;
  for (uint32_t at = 0; at < plan->join_count; at++) {
    const int kind = plan->joins[at].kind;
    if ((kind & ~ALL_NAMESPACES) != 0 || kind == 0 || (kind & (kind - 1)) != 0) return false;
  }
  uint32_t pivots = 0;
  for (uint32_t at = 0; at < plan->step_count; at++) {
    const struct step *step = &plan->steps[at];
    const bool is_last = at + 1 == plan->step_count;
    if ((step->kind == STEP_EXEC) != is_last) return false;
    if (step->kind <= STEP_READ_ONLY && !has_mount_namespace(plan)) return false;
    if (step->kind == STEP_PIVOT_ROOT && ++pivots > 1) return false;
    if (is_last && (step->numbers[0] == 0 || step->numbers[0] > step->text_count)) return false;
  }
  return pivots == 0 || plan->rootfs[0] == '/';
}

static int decode(const unsigned char *bytes, size_t size, struct plan *plan) {
  struct cursor from = {.at = bytes, .end = bytes + size};
  memset(plan, 0, sizeof *plan);
  if (take_u32(&from) != PLAN_MAGIC || take_u32(&from) != PLAN_VERSION) return EINVAL;
  const uint32_t flags = take_u32(&from);
  if ((flags & ~(FLAG_TERMINAL | FLAG_INIT)) != 0) return EINVAL;
  plan->terminal = (flags & FLAG_TERMINAL) != 0;
  plan->init = (flags & FLAG_INIT) != 0;
  plan->namespaces = (int)take_u32(&from);
  plan->rootfs = take_text(&from, false).bytes;
  take_surroundings(&from, plan);
  plan->step_count = take_count(&from, STEPS_MAX, 12);
  plan->steps = array_of(&from, plan->step_count, sizeof *plan->steps);
  for (uint32_t at = 0; at < plan->step_count && !from.bad; at++) take_step(&from, &plan->steps[at]);
  if (from.bad || from.at != from.end || !is_sensible(plan)) return EINVAL;
  return 0;
}

int plan_read(int fd, struct plan *plan) {
  size_t capacity = 64 << 10;
  size_t size = 0;
  unsigned char *bytes = malloc(capacity);
  while (bytes != NULL) {
    ssize_t count = read(fd, bytes + size, capacity - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    if (count == 0) return decode(bytes, size, plan);
    size += (size_t)count;
    if (size < capacity) continue;
    if (capacity >= PLAN_MAX) return E2BIG;
    capacity *= 2;
    bytes = realloc(bytes, capacity);
  }
  return ENOMEM;
}
