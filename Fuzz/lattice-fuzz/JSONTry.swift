import ForeignJSON
import LabelFiles

/// Reads bytes as COCO's annotations and as a configuration, and words what is wrong.
enum JSONTry {
  private struct Configuration: Decodable {
    var id: Int?
    var file_name: String?
    var images: [[String: Double]]?
    var annotations: [UInt8]?
  }

  static func read(_ bytes: UnsafeRawBufferPointer) {
    do throws(JSONFault) {
      let file = try PanopticAnnotations(Array(bytes))
      precondition(file.annotations.count <= bytes.count, "more annotations than bytes")
    } catch { check(error, bytes.count) }
    do {
      _ = try ForeignJSON.decode(Configuration.self, from: Array(bytes))
    } catch let fault as JSONFault {
      check(fault, bytes.count)
    } catch {
      preconditionFailure("another error: \(error)")
    }
  }

  private static func check(_ fault: JSONFault, _ count: Int) {
    precondition(0...count ~= fault.byte, "a fault outside the text")
    precondition(fault.description.utf8.count < 1 << 20, "a sentence without end")
  }
}
