/*
 * The C interface of Caffe, in libcaffe.so. Documentation/CInterface.md has the longer story.
 *
 * Handles are no addresses: one that has been freed, or was never made, gives CAFFE_ERROR_HANDLE and nothing worse. NULL is no
 * handle, and freeing it does nothing. Every function that can fail returns a status, and leaves what its last arguments point to
 * as it was when it isn't CAFFE_OK; what went wrong is then in caffe_last_error, for each thread its own.
 *
 * Text goes in and out as UTF-8 with a zero at its end. Strings that functions hand out belong to the handle that they were asked of and
 * are valid as long as it is, unless said otherwise. Indices and sizes are int64_t and begin at 0. Values are float32, row-major.
 *
 * Any thread may call any function. Calls that concern one net, or nets that share parameters, wait for each other; different nets
 * compute at the same time. A callback may call functions about the net that called it.
 */
#ifndef CAFFE_H
#define CAFFE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function returns: CAFFE_OK or what kind of fault it was. */
typedef int32_t caffe_status;
enum {
  CAFFE_OK = 0,
  CAFFE_ERROR_SYNTAX = 1,      /* text that doesn't parse */
  CAFFE_ERROR_FIELD = 2,       /* a field that is unknown or has a value outside its type */
  CAFFE_ERROR_GRAPH = 3,       /* layers that don't fit together */
  CAFFE_ERROR_SHAPE = 4,       /* shapes that don't fit */
  CAFFE_ERROR_VALUE = 5,       /* a value outside its range */
  CAFFE_ERROR_FILE = 6,        /* a file that is missing, unreadable or not writable */
  CAFFE_ERROR_CORRUPT = 7,     /* a file whose content is not what its kind demands */
  CAFFE_ERROR_UNSUPPORTED = 8, /* something well-formed that this build doesn't do */
  CAFFE_ERROR_NON_FINITE = 9,  /* a loss or weight that is not a finite number */
  CAFFE_ERROR_FLAG = 10,       /* a wrong flag */
  CAFFE_ERROR_HANDLE = 11,     /* a handle that was freed or is of another kind */
  CAFFE_ERROR_ARGUMENT = 12,   /* a NULL pointer, or an index or size out of range */
  CAFFE_ERROR_CALLBACK = 13,   /* a callback of the caller's that failed */
  CAFFE_ERROR_OTHER = 14       /* anything else */
};

/* What the last call of this thread that failed had to say. Strings are valid until the next failure in the thread. */
typedef struct {
  caffe_status code;
  const char *message; /* what was found, what was expected, how to mend it; "" when nothing has failed yet */
  const char *layer;   /* the layer that it concerns, or NULL */
  const char *file;    /* the file that it concerns, or NULL */
  int64_t line;        /* the line in it, from 1; 0 when unknown */
  int64_t column;      /* the column in it, from 1; 0 when unknown */
} caffe_error;

void caffe_last_error(caffe_error *error);

/* A name for a status: "shape". Never NULL. */
const char *caffe_status_name(caffe_status status);

/* The version, "0.1.0", and that of this interface, which grows by one with every change that isn't an addition. */
const char *caffe_version(void);
int32_t caffe_abi_version(void);

typedef struct caffe_net *caffe_net_t;
typedef struct caffe_solver *caffe_solver_t;
typedef struct caffe_blob *caffe_blob_t;
typedef struct caffe_view *caffe_view_t;
typedef struct caffe_layer *caffe_layer_t;

/* --- The library ------------------------------------------------------------------------------------------------------ */

/* Sets the seed of the nets made from now on, so that a program gives the same numbers every time; the first net takes the
 * seed itself, the ones after it seeds that follow from it. Negative: the system gives one, as at the start. */
caffe_status caffe_set_random_seed(int64_t seed);

/* Sets how many threads the nets made from now on compute with; 0: all cores, as at the start. */
caffe_status caffe_set_threads(int64_t threads);

/* Where nets compute. */
enum { CAFFE_MODE_CPU = 0, CAFFE_MODE_GPU = 1 };

/* Sets whether the nets and solvers made from now on compute on the CPU, as at the start, or on the GPU that is set, at the start the first.
 * CAFFE_ERROR_UNSUPPORTED when there is no GPU, or one of NVIDIA's libraries is missing: the message says which. */
caffe_status caffe_set_mode(int32_t mode);

/* Sets which GPU the nets and solvers made from now on compute on in CAFFE_MODE_GPU, from 0. CAFFE_ERROR_VALUE when there is none of
 * this number, CAFFE_ERROR_UNSUPPORTED when there are none at all. */
caffe_status caffe_set_device(int64_t device);

/* Levels of log lines. */
enum { CAFFE_LOG_INFO = 0, CAFFE_LOG_WARNING = 1, CAFFE_LOG_ERROR = 2, CAFFE_LOG_NOTHING = 3 };

/* Takes a log line; called from any thread. `file` and `line` are those of the original, for people's parsers of its logs. */
typedef void (*caffe_log_callback)(void *user, int32_t level, const char *file, int64_t line, const char *message);

/* Sends log lines of `level` and above to `callback`; NULL drops them, as at the start. */
caffe_status caffe_set_log(caffe_log_callback callback, void *user, int32_t level);

/* Logs a line of the caller's own. */
caffe_status caffe_log(int32_t level, const char *message);

/* The names of the layer types, sorted; they are valid for ever. */
caffe_status caffe_layer_type_count(int64_t *count);
caffe_status caffe_layer_type_name(int64_t index, const char **name);

/* Frees a string that was said to be the caller's. */
void caffe_string_free(char *text);

/* --- Blobs ------------------------------------------------------------------------------------------------------------- */

enum { CAFFE_DATA = 0, CAFFE_DIFF = 1 };

/* Makes a blob of zeros of its own, of no net. */
caffe_status caffe_blob_create(const int64_t *shape, int64_t axes, caffe_blob_t *blob);
/* Frees a handle. The blob of a net stays with its net, and lives as long as any handle or view of it. */
void caffe_blob_free(caffe_blob_t blob);
/* Gives the number of axes, and the first `capacity` of the extents; `shape` may be NULL where that is 0. */
caffe_status caffe_blob_shape(caffe_blob_t blob, int64_t *shape, int64_t capacity, int64_t *axes);
/* Changes the shape. Values stay only where their number does. */
caffe_status caffe_blob_reshape(caffe_blob_t blob, const int64_t *shape, int64_t axes);
/* Copies all values, CAFFE_DATA or CAFFE_DIFF, out or in; `count` is how many there must be. */
caffe_status caffe_blob_read(caffe_blob_t blob, int32_t which, float *values, int64_t count);
caffe_status caffe_blob_write(caffe_blob_t blob, int32_t which, const float *values, int64_t count);

/* Gives a window on the values themselves, to be read and written through `values` between calls about the net.
 *
 * What is written is what the net computes with next, and what it computes is there after the call. The memory stays valid
 * until caffe_view_free, even after the net is gone; once a reshape has moved the blob to other memory, the view keeps the old values. An
 * open view costs its net some time with every call, so free it when it has served. */
caffe_status caffe_blob_view(caffe_blob_t blob, int32_t which, caffe_view_t *view, float **values, int64_t *count);
void caffe_view_free(caffe_view_t view);

/* --- Nets -------------------------------------------------------------------------------------------------------------- */

enum { CAFFE_TRAIN = 0, CAFFE_TEST = 1 };
enum { CAFFE_FORMAT_BY_NAME = 0, CAFFE_FORMAT_BINARY = 1, CAFFE_FORMAT_HDF5 = 2 };

/* Makes a net of a prototxt file, or of prototxt text; `stages` may be NULL where there are none. `name` is what errors call the
 * text; NULL: "<text>". */
caffe_status caffe_net_open(
    const char *file, int32_t phase, int32_t level, const char *const *stages, int64_t stage_count, caffe_net_t *net);
caffe_status caffe_net_parse(
    const char *text, const char *name, int32_t phase, int32_t level, const char *const *stages, int64_t stage_count,
    caffe_net_t *net);
void caffe_net_free(caffe_net_t net);

/* Copies parameters from a .caffemodel or .caffemodel.h5 file to the layers of the same name. */
caffe_status caffe_net_load(caffe_net_t net, const char *file);
/* Writes the parameters: the whole file, or nothing. By name: HDF5 where it ends in .h5. */
caffe_status caffe_net_save(caffe_net_t net, const char *file, int32_t format, int32_t with_gradients);
/* Makes the net's parameters those of the layers of the same name in `other`, from now on. */
caffe_status caffe_net_share(caffe_net_t net, caffe_net_t other);
/* Makes all shapes follow from those of the inputs. */
caffe_status caffe_net_reshape(caffe_net_t net);
/* Computes the layers `first` to `last`, -1 for the last one there is; `loss` may be NULL. */
caffe_status caffe_net_forward(caffe_net_t net, int64_t first, int64_t last, float *loss);
/* Computes gradients from layer `first`, -1 for the last one there is, back to `last`. Those of parameters are added up. */
caffe_status caffe_net_backward(caffe_net_t net, int64_t first, int64_t last);
/* Sets the gradients of all parameters to zero. */
caffe_status caffe_net_clear_gradients(caffe_net_t net);
/* Gives the first layer, a MemoryData, `count` images of its shape with a label each; they are copied. */
caffe_status caffe_net_set_memory_data(
    caffe_net_t net, const float *images, int64_t image_values, const float *labels, int64_t count);

/* The net's name, its phase, and the prototxt of the layers that it has, splits included; the last is to be freed by the caller. */
caffe_status caffe_net_name(caffe_net_t net, const char **name);
caffe_status caffe_net_phase(caffe_net_t net, int32_t *phase);
caffe_status caffe_net_prototxt(caffe_net_t net, char **text);

/* Blobs in the order in which they are first produced. A blob's handle is the caller's to free. */
caffe_status caffe_net_blob_count(caffe_net_t net, int64_t *count);
caffe_status caffe_net_blob_name(caffe_net_t net, int64_t index, const char **name);
caffe_status caffe_net_blob_loss_weight(caffe_net_t net, int64_t index, float *weight);
caffe_status caffe_net_blob(caffe_net_t net, int64_t index, caffe_blob_t *blob);
caffe_status caffe_net_find_blob(caffe_net_t net, const char *name, caffe_blob_t *blob);

/* Layers in the order in which they compute. */
caffe_status caffe_net_layer_count(caffe_net_t net, int64_t *count);
caffe_status caffe_net_layer_name(caffe_net_t net, int64_t index, const char **name);
caffe_status caffe_net_layer_type(caffe_net_t net, int64_t index, const char **type);
/* The parameters of layer `layer`: how many, and the handle of one, which is the caller's to free. */
caffe_status caffe_net_parameter_count(caffe_net_t net, int64_t layer, int64_t *count);
caffe_status caffe_net_parameter(caffe_net_t net, int64_t layer, int64_t index, caffe_blob_t *blob);
/* What the caller's callbacks made of layer `layer`: the instance that `create` gave, NULL for a layer of another kind. */
caffe_status caffe_net_layer_instance(caffe_net_t net, int64_t layer, void **instance);

/* Lists of indices of blobs. */
enum { CAFFE_INPUTS = 0, CAFFE_OUTPUTS = 1, CAFFE_BOTTOMS = 2, CAFFE_TOPS = 3 };
/* Gives how many there are, and the first `capacity` of them: the net's inputs or outputs, or the bottoms or tops of `layer`. */
caffe_status caffe_net_indices(
    caffe_net_t net, int32_t which, int64_t layer, int64_t *indices, int64_t capacity, int64_t *count);

/* Called before or after layer `layer` computes; a status other than CAFFE_OK ends the pass. */
typedef caffe_status (*caffe_layer_hook)(void *user, int64_t layer);
enum { CAFFE_BEFORE_FORWARD = 0, CAFFE_AFTER_FORWARD = 1, CAFFE_BEFORE_BACKWARD = 2, CAFFE_AFTER_BACKWARD = 3 };
/* Adds a hook. */
caffe_status caffe_net_add_hook(caffe_net_t net, int32_t when, caffe_layer_hook hook, void *user);

/* --- Solvers ----------------------------------------------------------------------------------------------------------- */

/* Makes a solver of a prototxt file or text; `type`, such as "Adam", replaces the one that it names, unless NULL. */
caffe_status caffe_solver_open(const char *file, const char *type, caffe_solver_t *solver);
caffe_status caffe_solver_parse(const char *text, const char *name, const char *type, caffe_solver_t *solver);
void caffe_solver_free(caffe_solver_t solver);

/* How a training ended. */
enum { CAFFE_FINISHED = 0, CAFFE_INTERRUPTED = 1, CAFFE_EARLY_STOPPED = 2 };
/* Trains to max_iter; `state`, unless NULL, is a .solverstate to go on from. `outcome` may be NULL. */
caffe_status caffe_solver_solve(caffe_solver_t solver, const char *state, int32_t *outcome);
/* Trains `count` iterations; fewer when it is asked to stop. */
caffe_status caffe_solver_step(caffe_solver_t solver, int64_t count);
caffe_status caffe_solver_restore(caffe_solver_t solver, const char *state);
/* Writes a snapshot; the name of the state file is the caller's to free, `state` may be NULL. */
caffe_status caffe_solver_snapshot(caffe_solver_t solver, char **state);
/* Updates the weights by the gradients that are there, and counts an iteration. */
caffe_status caffe_solver_apply_update(caffe_solver_t solver);
/* Tests all test nets now; what they gave comes through `tested` of the observers. */
caffe_status caffe_solver_test(caffe_solver_t solver);

caffe_status caffe_solver_iteration(caffe_solver_t solver, int64_t *iteration);
caffe_status caffe_solver_rate(caffe_solver_t solver, float *rate);
/* The learning rate to begin with, base_lr, which can be changed. */
caffe_status caffe_solver_set_base_rate(caffe_solver_t solver, float rate);
caffe_status caffe_solver_smoothed_loss(caffe_solver_t solver, float *loss);
/* The solver's message as prototxt, to be freed by the caller. */
caffe_status caffe_solver_prototxt(caffe_solver_t solver, char **text);
/* The net that is trained, and the test nets; each handle is the caller's to free. */
caffe_status caffe_solver_net(caffe_solver_t solver, caffe_net_t *net);
caffe_status caffe_solver_test_net_count(caffe_solver_t solver, int64_t *count);
caffe_status caffe_solver_test_net(caffe_solver_t solver, int64_t index, caffe_net_t *net);
/* Makes the parameters of `net` those of the net that is trained. */
caffe_status caffe_solver_share_weights(caffe_solver_t solver, caffe_net_t net);

enum { CAFFE_REQUEST_NONE = 0, CAFFE_REQUEST_SNAPSHOT = 1, CAFFE_REQUEST_STOP = 2 };

/* What follows a training. Any of the functions may be NULL; a status other than CAFFE_OK ends the training. */
typedef struct {
  /* An iteration begins. */
  caffe_status (*begins)(void *user);
  /* The gradients are there, and the update comes next. */
  caffe_status (*has_gradients)(void *user);
  /* An iteration is displayed. */
  caffe_status (*displays)(void *user, int64_t iteration, float loss, float rate);
  /* A test net was tested; names and mean values of its outputs, each value of an output by itself. */
  caffe_status (*tested)(
      void *user, int64_t iteration, int64_t net, int64_t count, const char *const *names, const float *values);
  /* A snapshot was written. */
  caffe_status (*wrote)(void *user, int64_t iteration, const char *model, const char *state);
  /* Asked after each iteration and test batch what to do. */
  int32_t (*request)(void *user);
  void *user;
} caffe_solver_observer;
caffe_status caffe_solver_add_observer(caffe_solver_t solver, const caffe_solver_observer *observer);

/* --- Layers of the caller's own --------------------------------------------------------------------------------------- */

/* What a layer is made of; valid while `create` runs. */
typedef struct {
  const char *name;
  const char *type;
  int32_t phase;
  const char *module;    /* python_param.module */
  const char *layer;     /* python_param.layer */
  const char *param_str; /* python_param.param_str */
  const char *prototxt;  /* the whole layer */
} caffe_layer_info;

/* The blobs that a layer works on. The handles are the library's and stay valid as long as the layer. */
typedef struct {
  caffe_layer_t layer;
  const caffe_blob_t *bottoms;
  int64_t bottom_count;
  const caffe_blob_t *tops;
  int64_t top_count;
  const int32_t *propagate_down; /* for each bottom, in backward only */
} caffe_layer_call;

/* How the layers of a type compute. `user` is what was registered with them, `instance` what `create` gave. A status other than
 * CAFFE_OK ends what was asked for; caffe_set_error says more. */
typedef struct {
  caffe_status (*create)(void *user, const caffe_layer_info *info, void **instance);
  caffe_status (*set_up)(void *instance, const caffe_layer_call *call);  /* once: makes parameters */
  caffe_status (*reshape)(void *instance, const caffe_layer_call *call); /* before each forward: sets the tops' shapes */
  caffe_status (*forward)(void *instance, const caffe_layer_call *call);
  caffe_status (*backward)(void *instance, const caffe_layer_call *call);
  void (*destroy)(void *instance); /* may be NULL */
} caffe_layer_callbacks;

/* Makes `type` a layer type of the nets made from now on, in place of one of that name. */
caffe_status caffe_register_layer(const char *type, const caffe_layer_callbacks *callbacks, void *user);
/* Adds a parameter of zeros; only in `set_up`. The handle is the library's and stays valid as long as the layer. */
caffe_status caffe_layer_add_parameter(caffe_layer_t layer, const int64_t *shape, int64_t axes, caffe_blob_t *blob);
/* Says what a callback has to tell about its failure. */
void caffe_set_error(caffe_status code, const char *message);

#ifdef __cplusplus
}
#endif

#endif
