#include "caffe_store.h"

// Where the functions of caffe.h are in this process, for a program that has them in itself and no libcaffe.so.
typedef void (*function)(void);
#define F(name) {#name, (function)name}
static const struct {
  const char *name;
  function address;
} functions[] = {
    F(caffe_abi_version), F(caffe_blob_create), F(caffe_blob_free), F(caffe_blob_read), F(caffe_blob_reshape),
    F(caffe_blob_shape), F(caffe_blob_view), F(caffe_blob_write), F(caffe_last_error), F(caffe_layer_add_parameter),
    F(caffe_layer_type_count), F(caffe_layer_type_name), F(caffe_log), F(caffe_net_add_hook), F(caffe_net_backward),
    F(caffe_net_blob), F(caffe_net_blob_count), F(caffe_net_blob_loss_weight), F(caffe_net_blob_name),
    F(caffe_net_clear_gradients), F(caffe_net_find_blob), F(caffe_net_forward), F(caffe_net_free), F(caffe_net_indices),
    F(caffe_net_layer_count), F(caffe_net_layer_instance), F(caffe_net_layer_name), F(caffe_net_layer_type),
    F(caffe_net_load), F(caffe_net_name), F(caffe_net_open), F(caffe_net_parameter), F(caffe_net_parameter_count),
    F(caffe_net_parse), F(caffe_net_phase), F(caffe_net_prototxt), F(caffe_net_reshape), F(caffe_net_save),
    F(caffe_net_set_memory_data), F(caffe_net_share), F(caffe_register_layer), F(caffe_set_device), F(caffe_set_error),
    F(caffe_set_log), F(caffe_set_mode), F(caffe_set_random_seed), F(caffe_set_threads), F(caffe_solver_add_observer), F(caffe_solver_apply_update),
    F(caffe_solver_free), F(caffe_solver_iteration), F(caffe_solver_net), F(caffe_solver_open), F(caffe_solver_parse),
    F(caffe_solver_prototxt), F(caffe_solver_rate), F(caffe_solver_restore), F(caffe_solver_set_base_rate),
    F(caffe_solver_share_weights), F(caffe_solver_smoothed_loss), F(caffe_solver_snapshot), F(caffe_solver_solve),
    F(caffe_solver_step), F(caffe_solver_test), F(caffe_solver_test_net), F(caffe_solver_test_net_count),
    F(caffe_status_name), F(caffe_string_free), F(caffe_version), F(caffe_view_free)
};

static const int64_t count = sizeof functions / sizeof *functions;

const char *caffe_function_name(int64_t index) { return index >= 0 && index < count ? functions[index].name : NULL; }

uintptr_t caffe_function_address(int64_t index) {
  return index >= 0 && index < count ? (uintptr_t)functions[index].address : 0;
}
