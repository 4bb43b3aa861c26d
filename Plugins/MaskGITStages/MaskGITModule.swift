public import CStageABI
import StageSDK

/// The plugin's table of contents.
@c(lattice_stage_module_v1)
public func latticeStageModule(
  hostMinor: UInt32, why: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> UnsafePointer<lattice_stage_module>? {
  StageModule.export(
    id: "org.lattice.maskgit", version: "1.0.0", vendor: "Lattice", license: "Apache-2.0",
    stages: [
      GenerateStage.self, InpaintStage.self, ScoreStage.self, LogitsStage.self,
      AutoregressiveStage.self, ImportStage.self, TrainStage.self, AutoregressiveTrainStage.self,
      PackStage.self, ClassifierTrainStage.self, ClassifierPredictStage.self,
      ClassifierMetricsStage.self,
    ], hostMinor: hostMinor, why: why)
}
