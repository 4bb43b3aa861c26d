// lattice_stage.h and dlpack.h in one file, in the order that LATTICE_FIRST says; C11 and C++17.
#ifdef LATTICE_FIRST
#include <lattice_stage.h>

#include <dlpack/dlpack.h>
#else
#include <dlpack/dlpack.h>

#include <lattice_stage.h>
#endif

#ifdef __cplusplus
#define ASSERT static_assert
// A constant and no macro: it has a scope, and a name of its own elsewhere.
namespace other { enum class Device { kDLCPU, kDLInt, kDLFloat }; }
static const DLDeviceType scoped = DLDeviceType::kDLCPU;
#else
#define ASSERT _Static_assert
static const DLDeviceType scoped = kDLCPU;
#endif

ASSERT(sizeof(DLManagedTensorVersioned) == 80, "layout");
ASSERT(sizeof(DLManagedTensor) == 64, "layout");
ASSERT(kDLCPU == 1 && kDLCUDA == 2 && kDLFloat == 2 && kDLComplex == 5 && kDLBool == 6, "numbers");
#ifdef kDLCPU
#error "kDLCPU is a macro"
#endif

int both(const lattice_host *host, const lattice_batch *batch) {
  const DLTensor *tensor = host->input(batch, "image");
  DLDevice        device = {scoped, 0};
  switch (tensor->device.device_type) {
    case kDLCUDA: return 2;
    default: return device.device_type == tensor->device.device_type && tensor->dtype.code == kDLFloat;
  }
}
