// Stands for the original dlpack.h: its guard, names and types as far as `both.c` uses them.
#ifndef DLPACK_DLPACK_H_
#define DLPACK_DLPACK_H_

#include <stdint.h>

#ifndef FAKE_DLPACK_MAJOR
#define FAKE_DLPACK_MAJOR 1
#endif
#define DLPACK_MAJOR_VERSION FAKE_DLPACK_MAJOR
#define DLPACK_MINOR_VERSION 3
#define DLPACK_FLAG_BITMASK_READ_ONLY (1UL << 0UL)
#define DLPACK_FLAG_BITMASK_IS_COPIED (1UL << 1UL)

#ifdef __cplusplus
extern "C" {
typedef enum : int32_t {
#else
typedef enum {
#endif
  kDLCPU = 1,
  kDLCUDA = 2
} DLDeviceType;

typedef enum { kDLInt = 0U, kDLUInt = 1U, kDLFloat = 2U, kDLBfloat = 4U, kDLComplex = 5U, kDLBool = 6U } DLDataTypeCode;

typedef struct { uint32_t major, minor; } DLPackVersion;
typedef struct { DLDeviceType device_type; int32_t device_id; } DLDevice;
typedef struct { uint8_t code, bits; uint16_t lanes; } DLDataType;
typedef struct {
  void      *data;
  DLDevice   device;
  int32_t    ndim;
  DLDataType dtype;
  int64_t   *shape, *strides;
  uint64_t   byte_offset;
} DLTensor;
typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void    *manager_ctx;
  void   (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;
typedef struct DLManagedTensorVersioned {
  DLPackVersion version;
  void         *manager_ctx;
  void        (*deleter)(struct DLManagedTensorVersioned *self);
  uint64_t      flags;
  DLTensor      dl_tensor;
} DLManagedTensorVersioned;

#ifdef __cplusplus
}
#endif
#endif
