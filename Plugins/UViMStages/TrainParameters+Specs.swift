import FSQ
import Recipes
import StageSDK
import UViM

extension TrainParameters {
  static let specs: [ParameterSpec] =
    data + architecture + quantization + training + OptimizationRecipe.specs
    + ValidationRecipe.specs

  private static let data: [ParameterSpec] = [
    .choice("task", UViMTask.allCases.map(\.rawValue), default: "depth", "What the model is for."),
    .choice(
      "data", ["scenes", "pictures"], default: "scenes",
      "What it learns from: scenes as scenes.render makes them, or the job's pictures, with depth maps or panoptic labels beside them."
    ),
    .integer("examples", default: 4096, range: 1...1_000_000, "Scenes that are rendered."),
    .integer("size", default: 64, range: 8...1024, "Pixels across and down."),
    .integers(
      "objects", default: [1, 6], each: 0...16, count: 2...2,
      "The fewest and the most bodies of a scene."),
    .numbers(
      "camera_height", default: [0.9, 2.8], each: 0.1...20, count: 2...2,
      "Of scenes: the camera's least and greatest height, in metres."),
    .numbers(
      "lens", default: [42, 62], each: 5...150, count: 2...2,
      "Of scenes: the fewest and the most degrees that a picture spans from top to bottom."),
    .boolean("mirror", default: true, "Learn from the mirror images of pictures, too."),
    DamagedPictures.parameter,
    .string(
      "depth_folder", default: ".", "Where a picture's depth map is, as seen from its folder."),
    .string(
      "depth_ending", default: ".depth.png",
      "What its name has in place of the picture's ending: a 16-bit grey .png, or .npy of f32 metres."
    ),
    .number(
      "depth_unit", default: 0.001, range: 1e-9...1e3,
      "Metres to one step of a depth PNG's samples."),
    .optionalString(
      "annotations",
      "The COCO panoptic JSON file of pictures; a relative path is seen from the picture's folder."),
    .optionalString(
      "masks",
      "The folder of their PNG masks; a relative path is seen from the picture's folder."),
    keptBack,
  ]

  private static let keptBack = ParameterSpec.integer(
    "held_back", default: 0, range: 0...1_000_000,
    "Examples that are not learned from but measured on, on the way: further scenes, or the last pictures."
  )

  private static let architecture: [ParameterSpec] = [
    .integer("patch", default: 8, range: 1...64, "Pixels across and down a patch; divides 'size'."),
    .integer("codes", default: 64, range: 1...4096, "Codes of a picture; a square number."),
    .integer("width", default: 192, range: 8...4096, "Values of a token."),
    .integer("heads", default: 6, range: 1...64, "Of attention; divides 'width'."),
    .integer("mlp", default: 768, range: 8...16_384, "Values within an MLP."),
    .integer("encoder_depth", default: 3, range: 0...48, "Blocks of the base model's encoder."),
    .integer("decoder_depth", default: 6, range: 0...48, "Blocks of the base model's decoder."),
    .integer(
      "language_encoder_depth", default: 6, range: 0...48, "Blocks of the language model's encoder."
    ),
    .integer(
      "language_decoder_depth", default: 6, range: 0...48, "Blocks of the language model's decoder."
    ),
    .choice(
      "context", ["both", "encoder", "decoder", "none"], default: "both",
      "Which parts of the base model see the picture."),
    .integer("bins", default: 64, range: 2...1024, "Of depth."),
    .numbers(
      "depth_range", default: [0.001, 10], each: 1e-6...1e6, count: 2...2,
      "Metres at the ends of the bins."),
    .optionalStrings(
      "categories", count: 1...10_000,
      "Names of panoptic categories, of number 1 and on; those of scenes, or of 'annotations', when left out."
    ),
    .optionalStrings(
      "things", count: 0...10_000,
      "Those of them that are counted one by one; as above when left out."),
    .integer(
      "instances", default: 12, range: 2...1000, "Most segments of a picture, and one for void."),
    .choice(
      "instance_order", InstanceOrder.allCases.map(\.rawValue), default: "top",
      "How panoptic segments are numbered: by their centres from the top, or things by their centres from the left."
    ),
  ]

  private static let quantization: [ParameterSpec] = [
    .choice("quantizer", ["fsq", "vq"], default: "fsq", "How bottlenecks become codes."),
    .integers(
      "levels", default: [8, 8], each: 2...256, count: 1...16,
      "Of FSQ: integers per channel; their product is the number of codes."),
    .choice(
      "variant", FiniteScalarQuantizer.Variant.allCases.map(\.rawValue), default: "google",
      "Of FSQ, how bottlenecks are bounded: as in the paper, with atanh as PyTorch ports do, or flatter, as iFSQ."
    ),
    .boolean(
      "standardize", default: false,
      "Of FSQ: give bottlenecks mean 0 and variance 1 first, as VQ does. That takes two degrees of freedom of each, so it wants at least four levels."
    ),
    .number(
      "latent_penalty", default: 0, range: 0...1e6,
      "Weight of the mean of relu(|z| - 2)^2 over bottlenecks, which keeps FSQ's from straying to where rounding has no gradient; 0.001 is a good start."
    ),
    .integer("dictionary", default: 64, range: 2...65_536, "Of VQ: codes."),
    .integer("codeword", default: 64, range: 1...4096, "Of VQ: values of a code."),
    .boolean(
      "splitting", default: true, "Of VQ: split the most used code where one is left unused."),
    .choice(
      "code_dropout", ["zero", "random", "learned", "none"], default: "zero",
      "What stands in place of codes that are left out in training of the base model: zeros, which to FSQ are a code like others; random ones, which teach it that codes can be wrong; a learned vector, which no code is like."
    ),
  ]

  private static let training: [ParameterSpec] = [
    .number(
      "smoothing", default: 0, range: 0...0.99,
      "Of the language model's labels: the share spread over all codes."),
    .integer("steps", default: 10_000, range: 1...100_000_000, "Of the base model."),
    .integer(
      "language_steps", default: 10_000, range: 0...100_000_000,
      "Of the language model; 0 trains none."),
    .integer("batch", default: 32, range: 1...65_536, "Pictures to a step."),
    .integer(
      "parts", default: 1, range: 1...1024,
      "Parts that a step's pictures are worked on in, one after another, to save memory."),
    .optionalPath(
      "start",
      "The folder of a model of the same shape whose weights training begins with, such as models/NAME/1; without it, random ones."
    ),
    .number("rate", default: 1e-3, range: 1e-9...1, "The highest learning rate."),
    .integer("warmup", default: 200, range: 0...1_000_000, "Steps over which the rate grows."),
    .number("decay", default: 1e-4, range: 0...1, "Weight decay."),
    .number("clip", default: 1, range: 0...1e9, "The greatest norm of gradients; 0 for any."),
    .number(
      "average", default: 0.999, range: 0...0.999_999,
      "Decay of the moving average of weights, which is what is published; 0 for none."),
    .choice("precision", ["f32", "bf16"], default: "bf16", "Of products; weights stay f32."),
    .integer("report_every", default: 50, range: 1...1_000_000, "Steps between reports."),
    .choice(
      "weights", ["bf16", "f16", "f32"], default: "bf16", "What published weights are rounded to."),
    .optionalString("card", "What the model's card says of data and licence."),
  ]
}
