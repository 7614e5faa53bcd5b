#include "COneDNN.h"
#include "common.h"
#include <stdlib.h>
#include <string.h>

// Version 2 hands descriptions of memory around as structs, version 3 as handles.
#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t description;
typedef dnnl_memory_desc_t owned_description;
#define READ(owned) (owned)
#define HINT const_dnnl_primitive_desc_t
#else
typedef const dnnl_memory_desc_t *description;
typedef dnnl_memory_desc_t owned_description;
#define READ(owned) (&(owned))
#define HINT const_dnnl_primitive_desc_t
#endif

#define TRY(call) \
  do { \
    status = (call); \
    if (status != dnnl_success) goto done; \
  } while (0)

// One of the tensors: the caller's memory, oneDNN's own where that differs, and the way from one to the other.
typedef struct {
  bool blocked;
  size_t own_bytes;
  dnnl_memory_t callers, own;
  dnnl_primitive_t reorder;
} tensor;

enum { SOURCE, WEIGHTS, TARGET, BIAS, ADDEND, TENSORS };

struct caffe_dnnl_convolution {
  int pass;
  bool with_bias, has_room;
  size_t scratch_bytes;
  dnnl_memory_t scratch;
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  dnnl_primitive_t primitive;
  tensor tensors[TENSORS];
};

static dnnl_status_t describe(owned_description *d, int axes, const dnnl_dims_t dims, dnnl_format_tag_t tag) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl_memory_desc_create_with_tag(d, axes, dims, dnnl_f32, tag);
#else
  return dnnl_memory_desc_init_by_tag(d, axes, dims, dnnl_f32, tag);
#endif
}

static void forget(owned_description *d) {
#if DNNL_VERSION_MAJOR >= 3
  if (*d) dnnl_memory_desc_destroy(*d);
#else
  (void)d;
#endif
}

// What oneDNN calls "a", "ab", "abc" …: row-major.
static dnnl_format_tag_t row_major(int axes) {
  static const dnnl_format_tag_t tags[] = {
      dnnl_format_tag_undef, dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde, dnnl_abcdef};
  return tags[axes];
}

// The same with channels in blocks, the place in a block last.
static dnnl_format_tag_t blocked_channels(int axes) {
  static const dnnl_format_tag_t tags[2][6] = {
      {dnnl_format_tag_undef, dnnl_format_tag_undef, dnnl_format_tag_undef, dnnl_aBc8b, dnnl_aBcd8b, dnnl_aBcde8b},
      {dnnl_format_tag_undef, dnnl_format_tag_undef, dnnl_format_tag_undef, dnnl_aBc16b, dnnl_aBcd16b, dnnl_aBcde16b}};
  return tags[caffe_dnnl_channel_block() == 16][axes];
}

typedef struct {
  const dnnl_dim_t *stride, *dilation, *padding;
  description source, weights, bias, target;
  dnnl_primitive_attr_t attributes;
} problem;

static dnnl_status_t make_pass(
    dnnl_primitive_desc_t *made, dnnl_engine_t engine, int pass, const problem *p, HINT hint) {
  dnnl_alg_kind_t algorithm = dnnl_convolution_direct;
#if DNNL_VERSION_MAJOR >= 3
  switch (pass) {
  case CAFFE_DNNL_FORWARD:
    return dnnl_convolution_forward_primitive_desc_create(
        made, engine, dnnl_forward_training, algorithm, p->source, p->weights, p->bias, p->target, p->stride,
        p->dilation, p->padding, p->padding, p->attributes);
  case CAFFE_DNNL_BACKWARD_DATA:
    return dnnl_convolution_backward_data_primitive_desc_create(
        made, engine, algorithm, p->source, p->weights, p->target, p->stride, p->dilation, p->padding, p->padding,
        hint, p->attributes);
  default:
    return dnnl_convolution_backward_weights_primitive_desc_create(
        made, engine, algorithm, p->source, p->weights, p->bias, p->target, p->stride, p->dilation, p->padding,
        p->padding, hint, p->attributes);
  }
#else
  dnnl_convolution_desc_t d;
  dnnl_status_t status;
  switch (pass) {
  case CAFFE_DNNL_FORWARD:
    status = dnnl_dilated_convolution_forward_desc_init(
        &d, dnnl_forward_training, algorithm, p->source, p->weights, p->bias, p->target, p->stride, p->dilation,
        p->padding, p->padding);
    break;
  case CAFFE_DNNL_BACKWARD_DATA:
    status = dnnl_dilated_convolution_backward_data_desc_init(
        &d, algorithm, p->source, p->weights, p->target, p->stride, p->dilation, p->padding, p->padding);
    break;
  default:
    status = dnnl_dilated_convolution_backward_weights_desc_init(
        &d, algorithm, p->source, p->weights, p->bias, p->target, p->stride, p->dilation, p->padding, p->padding);
  }
  return status == dnnl_success ? dnnl_primitive_desc_create(made, &d, p->attributes, engine, hint) : status;
#endif
}

// What is done to sums before they are written; and that the caller gives the memory that a pass needs for a while.
static dnnl_status_t make_attributes(
    dnnl_primitive_attr_t *attributes, caffe_dnnl_finish finish, description addend) {
  dnnl_status_t status;
  dnnl_post_ops_t steps = NULL;
  TRY(dnnl_primitive_attr_create(attributes));
  TRY(dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user));
  if (!finish.adds && !finish.rectifies) goto done;
  TRY(dnnl_post_ops_create(&steps));
  if (finish.adds) TRY(dnnl_post_ops_append_binary(steps, dnnl_binary_add, addend));
#if DNNL_VERSION_MAJOR >= 3
  if (finish.rectifies) TRY(dnnl_post_ops_append_eltwise(steps, dnnl_eltwise_relu, finish.slope, 0));
#else
  if (finish.rectifies) TRY(dnnl_post_ops_append_eltwise(steps, 1, dnnl_eltwise_relu, finish.slope, 0));
#endif
  TRY(dnnl_primitive_attr_set_post_ops(*attributes, steps));
done:
  if (steps) dnnl_post_ops_destroy(steps);
  return status;
}

// Plans memory in the primitive's own layout where it differs from the caller's.
static dnnl_status_t connect(
    tensor *t, dnnl_engine_t engine, description callers, description own, bool written) {
  dnnl_status_t status;
  dnnl_primitive_desc_t reorder = NULL;
  TRY(dnnl_memory_create(&t->callers, callers, engine, DNNL_MEMORY_NONE));
  if (!dnnl_memory_desc_equal(callers, own)) {
    TRY(dnnl_memory_create(&t->own, own, engine, DNNL_MEMORY_NONE));
    t->own_bytes = dnnl_memory_desc_get_size(own);
    TRY(dnnl_reorder_primitive_desc_create(
        &reorder, written ? own : callers, engine, written ? callers : own, engine, NULL));
    TRY(dnnl_primitive_create(&t->reorder, reorder));
  }
done:
  if (reorder) dnnl_primitive_desc_destroy(reorder);
  return status;
}

static int index_of_result(int pass) {
  return pass == CAFFE_DNNL_FORWARD ? TARGET : pass == CAFFE_DNNL_BACKWARD_DATA ? SOURCE : WEIGHTS;
}

static description queried(dnnl_primitive_desc_t pd, int pass, int tensor) {
  static const dnnl_query_t queries[3][BIAS] = {
      {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md},
      {dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md},
      {dnnl_query_src_md, dnnl_query_diff_weights_md, dnnl_query_diff_dst_md}};
  return dnnl_primitive_desc_query_md(pd, queries[pass][tensor], 0);
}

static void set_dims(const caffe_dnnl_geometry *g, dnnl_dims_t dims[TENSORS], int axes[TENSORS]) {
  int grouped = g->groups > 1;
  axes[SOURCE] = axes[TARGET] = axes[ADDEND] = g->axes + 2;
  axes[WEIGHTS] = g->axes + 2 + grouped;
  axes[BIAS] = 1;
  dims[SOURCE][0] = dims[TARGET][0] = g->images;
  dims[SOURCE][1] = g->in_channels;
  dims[TARGET][1] = dims[BIAS][0] = g->out_channels;
  if (grouped) dims[WEIGHTS][0] = g->groups;
  dims[WEIGHTS][grouped] = g->out_channels / g->groups;
  dims[WEIGHTS][grouped + 1] = g->in_channels / g->groups;
  for (int a = 0; a < g->axes; a++) {
    dims[SOURCE][2 + a] = g->input[a];
    dims[TARGET][2 + a] = g->output[a];
    dims[WEIGHTS][2 + grouped + a] = g->kernel[a];
  }
  memcpy(dims[ADDEND], dims[TARGET], sizeof(dnnl_dims_t));
}

int caffe_dnnl_convolution_create(
    const caffe_dnnl_geometry *g, int pass, bool with_bias, caffe_dnnl_finish finish, int threads,
    caffe_dnnl_convolution **result) {
  dnnl_status_t status;
  dnnl_primitive_desc_t hint = NULL, pd = NULL;
  dnnl_primitive_attr_t attributes = NULL;
  owned_description any[TENSORS], plain[TENSORS], blocked[TENSORS];
  memset(any, 0, sizeof any);
  memset(plain, 0, sizeof plain);
  memset(blocked, 0, sizeof blocked);
  caffe_dnnl_use_threads(threads);
  caffe_dnnl_convolution *c = calloc(1, sizeof *c);
  if (!c) return dnnl_out_of_memory;
  c->pass = pass;
  c->with_bias = with_bias && pass != CAFFE_DNNL_BACKWARD_DATA;
  TRY(dnnl_engine_create(&c->engine, dnnl_cpu, 0));
  TRY(dnnl_stream_create(&c->stream, c->engine, dnnl_stream_default_flags));

  dnnl_dims_t dims[TENSORS], stride, dilation, padding;
  int axes[TENSORS];
  set_dims(g, dims, axes);
  for (int a = 0; a < g->axes; a++) {
    stride[a] = g->stride[a];
    dilation[a] = g->dilation[a] - 1;
    padding[a] = g->padding[a];
  }
  for (int t = 0; t < TENSORS; t++) {
    TRY(describe(&any[t], axes[t], dims[t], t == BIAS ? dnnl_a : dnnl_format_tag_any));
    TRY(describe(&plain[t], axes[t], dims[t], row_major(axes[t])));
  }
  problem p = {
      stride, dilation, padding, READ(any[SOURCE]), READ(any[WEIGHTS]), c->with_bias ? READ(any[BIAS]) : NULL,
      READ(any[TARGET]), NULL};
  if (finish.adds) TRY(describe(&blocked[ADDEND], axes[ADDEND], dims[ADDEND], blocked_channels(axes[ADDEND])));
  TRY(make_attributes(&attributes, finish, READ(blocked[ADDEND])));
  p.attributes = attributes;
  if (pass != CAFFE_DNNL_FORWARD) TRY(make_pass(&hint, c->engine, CAFFE_DNNL_FORWARD, &p, NULL));
  TRY(make_pass(&pd, c->engine, pass, &p, hint));
  TRY(dnnl_primitive_create(&c->primitive, pd));
  description scratch = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
  c->scratch_bytes = dnnl_memory_desc_get_size(scratch);
  if (c->scratch_bytes) TRY(dnnl_memory_create(&c->scratch, scratch, c->engine, DNNL_MEMORY_NONE));
  const int block = caffe_dnnl_channel_block();
  for (int t = 0; t < BIAS; t++) {
    description own = queried(pd, pass, t), callers = READ(plain[t]);
    if (t != WEIGHTS && block > 0 && dims[t][1] % block == 0) {
      TRY(describe(&blocked[t], axes[t], dims[t], blocked_channels(axes[t])));
      c->tensors[t].blocked = dnnl_memory_desc_equal(READ(blocked[t]), own);
      if (c->tensors[t].blocked) callers = READ(blocked[t]);
    }
    TRY(connect(&c->tensors[t], c->engine, callers, own, t == index_of_result(pass)));
  }
  if (c->with_bias) {
    TRY(dnnl_memory_create(&c->tensors[BIAS].callers, READ(plain[BIAS]), c->engine, DNNL_MEMORY_NONE));
  }
  if (finish.adds) {
    // It is handed over as the outputs are.
    status = c->tensors[TARGET].blocked ? dnnl_success : dnnl_unimplemented;
    if (status != dnnl_success) goto done;
    TRY(dnnl_memory_create(&c->tensors[ADDEND].callers, READ(blocked[ADDEND]), c->engine, DNNL_MEMORY_NONE));
  }
done:
  if (attributes) dnnl_primitive_attr_destroy(attributes);
  for (int t = 0; t < TENSORS; t++) {
    forget(&any[t]);
    forget(&plain[t]);
    forget(&blocked[t]);
  }
  if (hint) dnnl_primitive_desc_destroy(hint);
  if (pd) dnnl_primitive_desc_destroy(pd);
  if (status != dnnl_success) {
    caffe_dnnl_convolution_destroy(c);
    c = NULL;
  }
  *result = c;
  return status;
}

int caffe_dnnl_channel_block(void) {
#if defined(__x86_64__)
  const int isa = dnnl_get_effective_cpu_isa();
  if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return 16;
  if ((isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2) return 8;
#endif
  return 0;
}

bool caffe_dnnl_convolution_source_is_blocked(const caffe_dnnl_convolution *c) { return c->tensors[SOURCE].blocked; }

bool caffe_dnnl_convolution_target_is_blocked(const caffe_dnnl_convolution *c) { return c->tensors[TARGET].blocked; }

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

size_t caffe_dnnl_convolution_room(const caffe_dnnl_convolution *c) {
  size_t bytes = 0;
  for (int t = 0; t < TENSORS; t++) bytes += rounded(c->tensors[t].own_bytes);
  return bytes;
}

size_t caffe_dnnl_convolution_scratch(const caffe_dnnl_convolution *c) { return c->scratch_bytes; }

void caffe_dnnl_convolution_destroy(caffe_dnnl_convolution *c) {
  if (!c) return;
  for (int t = 0; t < TENSORS; t++) {
    if (c->tensors[t].reorder) dnnl_primitive_destroy(c->tensors[t].reorder);
    if (c->tensors[t].own) dnnl_memory_destroy(c->tensors[t].own);
    if (c->tensors[t].callers) dnnl_memory_destroy(c->tensors[t].callers);
  }
  if (c->scratch) dnnl_memory_destroy(c->scratch);
  if (c->primitive) dnnl_primitive_destroy(c->primitive);
  if (c->stream) dnnl_stream_destroy(c->stream);
  if (c->engine) dnnl_engine_destroy(c->engine);
  free(c);
}

static dnnl_status_t reorder(caffe_dnnl_convolution *c, tensor *t, bool back) {
  if (!t->reorder) return dnnl_success;
  dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_FROM, back ? t->own : t->callers}, {DNNL_ARG_TO, back ? t->callers : t->own}};
  return dnnl_primitive_execute(t->reorder, c->stream, 2, arguments);
}

static dnnl_status_t set_handle(caffe_dnnl_convolution *c, dnnl_memory_t memory, void *handle) {
#if DNNL_VERSION_MAJOR >= 3
  (void)c;
  return dnnl_memory_set_data_handle(memory, handle);
#else
  return dnnl_memory_set_data_handle_v2(memory, handle, c->stream);
#endif
}

static dnnl_status_t set_memory(
    caffe_dnnl_convolution *c, float *const pointers[TENSORS], char *room, void *scratch) {
  dnnl_status_t status = dnnl_success;
  if (c->scratch) TRY(set_handle(c, c->scratch, scratch));
  for (int t = 0; t < TENSORS; t++) {
    tensor *x = &c->tensors[t];
    if (x->callers) TRY(set_handle(c, x->callers, pointers[t]));
    if (x->own && !c->has_room) TRY(set_handle(c, x->own, room));
    room += rounded(x->own_bytes);
  }
  c->has_room = true;
done:
  return status;
}

int caffe_dnnl_convolution_run(
    caffe_dnnl_convolution *c, float *source, float *weights, float *bias, float *target, float *addend,
    bool new_weights, void *room, void *scratch, int threads) {
  static const int arguments[3][TENSORS] = {
      {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS,
       DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1},
      {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST, 0, 0},
      {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_BIAS, 0}};
  dnnl_status_t status;
  caffe_dnnl_use_threads(threads);
  float *const pointers[TENSORS] = {source, weights, target, bias, addend};
  TRY(set_memory(c, pointers, room, scratch));
  int written = index_of_result(c->pass), count = 0;
  dnnl_exec_arg_t list[TENSORS + 1];
  for (int t = 0; t < TENSORS; t++) {
    tensor *x = &c->tensors[t];
    if (!x->callers) continue;
    if (t != written && (t != WEIGHTS || new_weights)) TRY(reorder(c, x, false));
    list[count++] = (dnnl_exec_arg_t){arguments[c->pass][t], x->own ? x->own : x->callers};
  }
  if (c->scratch) list[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, c->scratch};
  TRY(dnnl_primitive_execute(c->primitive, c->stream, count, list));
  TRY(reorder(c, &c->tensors[written], true));
  TRY(dnnl_stream_wait(c->stream));
done:
  return status;
}
