import Kernels
import MaskGIT
import StageSDK

/// How images are sampled, as a spec says it; shared by the stages that sample.
struct SamplingParameters: Decodable {
  let steps: Int
  let schedule: String
  let schedule_power: Double
  let order: String
  let choice_temperature: Double
  let remasking: Double
  let temperature: Double
  let top_p: Double
  let guidance: Double
  let guidance_schedule: String
  let guidance_power: Double
  let precision: String

  static let specs: [ParameterSpec] = [
    .integer(
      "steps", default: 0, range: 0...4096,
      "Passes through the network; 0 for what the model was made for."),
    .choice(
      "schedule", MaskSchedule.names, default: "cosine",
      "How the share of masked tokens falls; arccos suits the halton order."),
    .number("schedule_power", default: 2, range: 0.1...16, "The exponent of schedule power."),
    .choice(
      "order", ["confidence", "halton", "random", "remasking"], default: "confidence",
      "Which tokens are settled first: the likeliest, evenly spread ones, any, or any with second thoughts."
    ),
    .number(
      "choice_temperature", default: -1, range: -1...100,
      "Noise on confidence, fading to 0 over the steps; -1 for what the model was made for."),
    .number(
      "remasking", default: 0.5, range: 0...1,
      "How many settled tokens are masked again, as a share of the most that the schedule allows."),
    .number(
      "temperature", default: 1, range: 0...10, "Of the draw of a code; 0 takes the likeliest."),
    .number(
      "top_p", default: 1, range: 0.001...1,
      "The share of likeliest codes that are drawn from; with a head of digits, at least that share, as each digit keeps its own part."
    ),
    .number(
      "guidance", default: 0, range: 0...100,
      "How far logits are pushed towards the class: l + guidance (l - l without class). Doubles the cost."
    ),
    .choice(
      "guidance_schedule", Guidance.names, default: "linear", "How guidance grows over the steps."),
    .number(
      "guidance_power", default: 1, range: 0.1...16, "The exponent of schedule power-cosine."),
    ModelParameters.precision,
  ]

  /// Decoding for a model.
  func sampler(_ configuration: MaskGITConfiguration) -> Sampler {
    Sampler(
      rows: configuration.grid[0], columns: configuration.grid[1],
      steps: steps > 0 ? steps : configuration.decodeSteps,
      schedule: MaskSchedule(name: schedule, power: Float(schedule_power)) ?? .cosine,
      order: revealOrder(configuration),
      choice: TokenChoice(temperature: Float(temperature), topP: Float(top_p)),
      guidance: Guidance(
        name: guidance_schedule, scale: Float(guidance), power: Float(guidance_power)) ?? .none)
  }

  private func revealOrder(_ configuration: MaskGITConfiguration) -> RevealOrder {
    switch order {
    case "halton": .halton
    case "random": .random
    case "remasking": .remasking(strength: Float(remasking))
    default:
      .confidence(
        choiceTemperature: choice_temperature < 0
          ? configuration.choiceTemperature : Float(choice_temperature))
    }
  }
}
