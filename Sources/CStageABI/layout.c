// Pins the layout of every struct that crosses, on LP64: a change here is a new ABI major.
#include "lattice_stage.h"

_Static_assert(sizeof(DLDeviceType) == 4, "DLDeviceType");
_Static_assert(sizeof(DLTensor) == 48, "DLTensor");
_Static_assert(sizeof(DLManagedTensorVersioned) == 80, "DLManagedTensorVersioned");
_Static_assert(offsetof(DLManagedTensorVersioned, dl_tensor) == 32, "DLManagedTensorVersioned.dl_tensor");
_Static_assert(sizeof(lattice_host) == 240, "lattice_host");
_Static_assert(sizeof(lattice_port) == 64, "lattice_port");
_Static_assert(sizeof(lattice_tensor_spec) == 40, "lattice_tensor_spec");
_Static_assert(sizeof(lattice_stage_config) == 48, "lattice_stage_config");
_Static_assert(sizeof(lattice_stage) == 176, "lattice_stage");
_Static_assert(sizeof(lattice_stage_module) == 64, "lattice_stage_module");
_Static_assert(sizeof(lattice_task) == 72, "lattice_task");
