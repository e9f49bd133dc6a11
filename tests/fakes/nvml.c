/* A stand-in for NVIDIA's libnvidia-ml.so.1, as far as llm-tui asks it: its answers stand in the file that FAKE_NVML
 * names, and are read again at every call, so that a test may change them while the program runs. `gpus.py` beside
 * this file writes it, and compiles this.
 *
 * A line each; what belongs to a device follows the line that begins it:
 *
 *     fail CODE AFTER [FUNCTION]     once AFTER calls (of FUNCTION, or of any) were answered, the answer is CODE
 *     gpu UUID TOTAL USED NAME       a GPU; bytes
 *     mig UUID TOTAL USED NAME       a slice of the GPU above
 *     load PERCENT                   of the device above; a figure that has no line is not supported
 *     temperature CELSIUS
 *     power MILLIWATTS
 *     energy MILLIJOULES STEP WATTS  the counter; it grows by STEP at each call, and by WATTS in steps of 100 ms
 *     process PID BYTES              -1: the driver does not know how many
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUCCESS, UNINITIALIZED, INVALID_ARGUMENT, NOT_SUPPORTED, NOT_FOUND = 6, INSUFFICIENT_SIZE, DRIVER_NOT_LOADED = 9 };
enum { DEVICES = 64, PROCESSES = 64, FAILS = 16, FUNCTIONS = 32 };

typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } Process;
typedef struct {
    char uuid[96], name[96];
    int parent; /* -1: a GPU, no slice */
    unsigned long long total, used;
    long long load, temperature, power, energy, step, watts;
    int held;
    Process processes[PROCESSES];
} Device;
typedef struct { int code, after; char function[64]; } Fail;
typedef void *Handle;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Device devices[DEVICES];
static Fail fails[FAILS];
static int known, failing, opened, readings;
static struct { char name[64]; int calls; } counted[FUNCTIONS];
static int functions, calls;

static void load_line(char *line) {
    char word[16] = "";
    Device *last = known ? &devices[known - 1] : NULL;
    sscanf(line, "%15s", word);
    if (!strcmp(word, "fail") && failing < FAILS) {
        Fail *fail = &fails[failing++];
        fail->function[0] = 0;
        sscanf(line, "fail %d %d %63s", &fail->code, &fail->after, fail->function);
    } else if ((!strcmp(word, "gpu") || !strcmp(word, "mig")) && known < DEVICES) {
        Device *device = &devices[known++];
        memset(device, 0, sizeof *device);
        device->load = device->temperature = device->power = device->energy = -1;
        device->parent = -1;
        if (word[0] == 'm')
            for (int i = known - 2; i >= 0 && device->parent < 0; i--)
                if (devices[i].parent < 0) device->parent = i;
        sscanf(line + 4, "%95s %llu %llu %95[^\n]", device->uuid, &device->total, &device->used, device->name);
    } else if (last) {
        sscanf(line, "load %lld", &last->load);
        sscanf(line, "temperature %lld", &last->temperature);
        sscanf(line, "power %lld", &last->power);
        sscanf(line, "energy %lld %lld %lld", &last->energy, &last->step, &last->watts);
        if (!strcmp(word, "process") && last->held < PROCESSES) {
            long long memory = -1;
            Process *process = &last->processes[last->held++];
            sscanf(line, "process %u %lld", &process->pid, &memory);
            process->memory = (unsigned long long)memory;
            process->gpu_instance = process->compute_instance = 0xffffffffu;
        }
    }
}

/* How many calls of a function came before this one. */
static int so_far(const char *function) {
    int i = 0;
    while (i < functions && strcmp(counted[i].name, function)) i++;
    if (i == functions) {
        if (functions == FUNCTIONS) return 0;
        strncpy(counted[functions++].name, function, sizeof counted[i].name - 1);
    }
    return counted[i].calls++;
}

/* Reads the file; returns what a call of `function` fails with, or SUCCESS. */
static int state(const char *function) {
    char line[512];
    const char *path = getenv("FAKE_NVML");
    FILE *file = path ? fopen(path, "r") : NULL;
    known = failing = 0;
    if (!file) return DRIVER_NOT_LOADED;
    while (fgets(line, sizeof line, file)) load_line(line);
    fclose(file);
    int of_it = so_far(function);
    int all = calls++;
    for (int i = 0; i < failing; i++)
        if (fails[i].function[0] ? !strcmp(fails[i].function, function) && of_it >= fails[i].after
                                 : all >= fails[i].after)
            return fails[i].code;
    return SUCCESS;
}

static Device *of(Handle handle) {
    size_t number = (size_t)handle;
    return number >= 1 && number <= (size_t)known ? &devices[number - 1] : NULL;
}

/* Around the body of a call: one at a time, with the file read. */
#define CALL(body)                                                    \
    pthread_mutex_lock(&lock);                                        \
    int result = opened ? state(__func__) : UNINITIALIZED;            \
    if (result == SUCCESS) do { body } while (0);                     \
    pthread_mutex_unlock(&lock);                                      \
    return result;
#define DEVICE_CALL(body) \
    CALL(Device *device = of(handle); if (!device) { result = INVALID_ARGUMENT; break; } body)
#define FIGURE(field, type) \
    DEVICE_CALL(if (device->field < 0) result = NOT_SUPPORTED; else *found = (type)device->field;)

int nvmlInitWithFlags(unsigned flags) {
    (void)flags;
    pthread_mutex_lock(&lock);
    int result = state(__func__);
    if (result == SUCCESS) opened++;
    pthread_mutex_unlock(&lock);
    return result;
}
int nvmlShutdown(void) {
    if (!opened) return UNINITIALIZED;
    opened--;
    return SUCCESS;
}
const char *nvmlErrorString(int code) { (void)code; return "an error of the stand-in"; }

int nvmlDeviceGetCount_v2(unsigned *count) {
    CALL(*count = 0; for (int i = 0; i < known; i++) *count += devices[i].parent < 0;)
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Handle *handle) {
    CALL(
        result = INVALID_ARGUMENT;
        for (int i = 0; i < known && result; i++)
            if (devices[i].parent < 0 && index-- == 0) { *handle = (Handle)(size_t)(i + 1); result = SUCCESS; }
    )
}
int nvmlDeviceGetHandleByUUID(const char *uuid, Handle *handle) {
    CALL(
        result = NOT_FOUND;
        for (int i = 0; i < known; i++)
            if (!strcmp(devices[i].uuid, uuid)) { *handle = (Handle)(size_t)(i + 1); result = SUCCESS; }
    )
}
static int text(char *to, unsigned size, const char *from) {
    if (strlen(from) >= size) return INSUFFICIENT_SIZE;
    strcpy(to, from);
    return SUCCESS;
}
int nvmlDeviceGetName(Handle handle, char *name, unsigned size) { DEVICE_CALL(result = text(name, size, device->name);) }
int nvmlDeviceGetUUID(Handle handle, char *uuid, unsigned size) { DEVICE_CALL(result = text(uuid, size, device->uuid);) }
int nvmlDeviceGetMemoryInfo(Handle handle, unsigned long long found[3]) {
    DEVICE_CALL(found[0] = device->total; found[1] = device->total - device->used; found[2] = device->used;)
}
/* As of the real one: a slice has no load, temperature, power nor energy of its own. */
int nvmlDeviceGetUtilizationRates(Handle handle, unsigned *found) { found[1] = 0; FIGURE(load, unsigned) }
int nvmlDeviceGetTemperature(Handle handle, unsigned sensor, unsigned *found) { (void)sensor; FIGURE(temperature, unsigned) }
int nvmlDeviceGetPowerUsage(Handle handle, unsigned *found) { FIGURE(power, unsigned) }
int nvmlDeviceGetTotalEnergyConsumption(Handle handle, unsigned long long *found) {
    DEVICE_CALL(
        if (device->energy < 0) { result = NOT_SUPPORTED; break; }
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        long long tenths = now.tv_sec * 10LL + now.tv_nsec / 100000000;
        *found = device->energy + device->step * readings++ + device->watts * 100 * tenths;
    )
}
int nvmlDeviceGetComputeRunningProcesses_v3(Handle handle, unsigned *count, Process *found) {
    DEVICE_CALL(
        unsigned held = (unsigned)device->held;
        if (held > *count) result = INSUFFICIENT_SIZE;
        else if (held) memcpy(found, device->processes, held * sizeof *found);
        *count = held;
    )
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Handle handle, unsigned *count, Process *found) {
    (void)found;
    DEVICE_CALL(*count = 0;)
}
int nvmlDeviceGetMigMode(Handle handle, unsigned *current, unsigned *pending) {
    DEVICE_CALL(
        *current = 0;
        for (int i = 0; i < known; i++) *current |= devices[i].parent == device - devices;
        *pending = *current;
    )
}
int nvmlDeviceGetMaxMigDeviceCount(Handle handle, unsigned *count) { DEVICE_CALL(*count = 7;) }
int nvmlDeviceGetMigDeviceHandleByIndex(Handle handle, unsigned index, Handle *found) {
    DEVICE_CALL(
        result = NOT_FOUND;
        for (int i = 0; i < known && result; i++)
            if (devices[i].parent == device - devices && index-- == 0) {
                *found = (Handle)(size_t)(i + 1);
                result = SUCCESS;
            }
    )
}
