internal import COneDNN

/// What this machine's processor offers convolutions; as oneDNN sees it, so `DNNL_MAX_CPU_ISA` lowers it.
package enum ConvolutionMachine {
  /// Whether channels in blocks of 16 pay, and Winograd's method is there.
  package static let hasAVX512 = has(dnnl_cpu_isa_avx512_core)
  /// Whether products of bf16 have instructions of their own.
  package static let hasBF16 = has(dnnl_cpu_isa_avx512_core_bf16)

  private static func has(_ wanted: dnnl_cpu_isa_t) -> Bool {
    dnnl_get_effective_cpu_isa().rawValue & wanted.rawValue == wanted.rawValue
  }
}
