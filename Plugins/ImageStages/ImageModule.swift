public import CStageABI
import StageSDK

/// The plugin's table of contents.
@c(lattice_stage_module_v1)
public func latticeStageModule(
  hostMinor: UInt32, why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> UnsafePointer<lattice_stage_module>? {
  StageModule.export(
    id: "org.lattice.image", version: "1.0.0", vendor: "Lattice", license: "Apache-2.0",
    stages: [
      ReadStage.self, WriteStage.self, SheetStage.self, MetricsStage.self, ColorMetricsStage.self,
      FillStage.self, JPEGStage.self,
    ],
    hostMinor: hostMinor, why: why)
}
