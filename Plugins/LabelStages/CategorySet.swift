import LabelFiles
import StageSDK

/// Lists of categories that stages know by name.
enum CategorySet: String, Decodable {
  /// COCO's 133 of the panoptic task.
  case coco

  /// What a stage declares that takes such a list.
  ///
  /// - Parameter use: What the list is for.
  /// - Returns: The parameter.
  static func parameter(_ use: String) -> ParameterSpec {
    .optionalChoice(
      "category_set", ["coco"],
      "\(use): the 133 categories of COCO's panoptic task, whose ids have gaps in files.")
  }

  private var list: [PanopticAnnotations.Category] {
    switch self {
    case .coco: COCOCategories.all
    }
  }

  /// Names of number 1 and on.
  var names: [String] { list.map(\.name) }
  /// Those that are counted one by one.
  var things: [String] { list.filter(\.isThing).map(\.name) }
  /// What files call them by.
  var numbers: CategoryNumbers { CategoryNumbers(list) }
}
