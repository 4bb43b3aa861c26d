import ArgumentParser
@preconcurrency import Glibc

@main
struct LatticeBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lattice-bench",
    abstract: "Measures Lattice against what its users would otherwise run.",
    discussion: """
      Contestants take turns in one run, so that a busy machine slows both; the ratio is what to believe.

      Examples:
        lattice-bench pipeline --images 192 --processes 2
        lattice-bench overhead --jobs 200
        lattice-bench gemm --threads 2
        lattice-bench conv --threads 2
        lattice-bench maskgit --python python3
        lattice-bench uvim --python python3
      """,
    subcommands: [
      PipelineBench.self, OverheadBench.self, GemmBench.self, ConvolutionBench.self, FSQBench.self,
      MaskGITBench.self, HeadBench.self, UViMBench.self, UViMBaseBench.self, VQGANBench.self,
      TrainStepBench.self,
    ])

  static func main() {
    // Into a file too, what was measured stands there when a long run is stopped.
    setvbuf(stdout, nil, _IOLBF, 0)
    main(nil)
  }
}
