import Foundation
import LatticeDriver

/// Options of `lattice-bench`, of those measurements that are short.
enum BenchCases {
  private static let fsq = ["--rounds", "1", "--threads", "1", "--python", "/nonexistent"]

  static let all = [
    OptionCase(
      program: "lattice-bench", command: "fsq", option: "--json",
      base: fsq + ["--vectors", "2000"],
      adds: ["--json"]
    ) {
      $0.status == 0
        && $0.lines.first?.hasPrefix("{\"name\":\"fsq [8, 8, 8, 5, 5, 5], 2000 x 6") == true
    },
    OptionCase(
      program: "lattice-bench", command: "fsq", option: "--vectors", base: fsq,
      adds: ["--vectors", "3000"], instead: ["--vectors", "2000"]
    ) { $0.status == 0 && $0.data.contains(", 3000 x 6, codes and indices") },
    OptionCase(
      program: "lattice-bench", command: "overhead", option: "--jobs", base: [],
      adds: ["--jobs", "1"], instead: ["--jobs", "2"]
    ) { $0.status == 0 && $0.lines.first == "overhead of a tiny job, 1 jobs" },
    OptionCase(
      program: "lattice-bench", command: "overhead", option: "--json", base: ["--jobs", "1"],
      adds: ["--json"]
    ) { $0.status == 0 && $0.members["unit"] as? String == "ms" },
  ]

  /// What no test passes, because it takes minutes where nothing is optimized or needs another project's programs.
  static let untried: Set<String> = [
    "conv --json", "conv --peers", "conv --python", "conv --rounds", "conv --threads",
    "fsq --peers", "fsq --python", "fsq --rounds", "fsq --threads", "gemm --json", "gemm --peers",
    "gemm --python", "gemm --rounds", "gemm --rows", "gemm --threads", "heads --batch",
    "heads --json", "heads --levels", "heads --only", "heads --rounds", "heads --threads",
    "maskgit --batches", "maskgit --engines", "maskgit --json", "maskgit --layers",
    "maskgit --modes", "maskgit --parts", "maskgit --peers", "maskgit --python", "maskgit --rounds",
    "maskgit --steps", "maskgit --threads", "pipeline --images", "pipeline --json",
    "pipeline --peers", "pipeline --processes", "pipeline --python", "pipeline --rounds",
    "pipeline --samples", "train-step --batch", "train-step --json", "train-step --only",
    "train-step --peers", "train-step --precision", "train-step --python", "train-step --rounds",
    "train-step --threads", "uvim --batches", "uvim --json", "uvim --modes", "uvim --peers",
    "uvim --python", "uvim --rounds", "uvim --sizes", "uvim --threads", "uvim --tokens",
    "uvim --window", "uvim-base --json", "uvim-base --modes", "uvim-base --peers",
    "uvim-base --python", "uvim-base --rounds", "uvim-base --threads", "vqgan --batches",
    "vqgan --json", "vqgan --only", "vqgan --parts", "vqgan --peers", "vqgan --python",
    "vqgan --rounds", "vqgan --size", "vqgan --threads",
  ]
}
