import Foundation

/// Specs that the daemon tests hand in.
enum Specs {
  /// Pictures of the data root's `images` through quantization and back.
  static func tokenize(name: String, itemsPerShard: Int = 2) -> String {
    """
    version: 1
    name: \(name)
    input:
      photos: { dir: images }
    stages:
      - { id: read, use: image.read@1, in: { file: photos }, params: { size: 16 } }
      - { id: tok, use: fsq.quantize@1, in: { image: read.image }, params: { levels: [8, 8, 5] } }
      - { id: back, use: fsq.dequantize@1, in: { tokens: tok.tokens }, params: { levels: [8, 8, 5] } }
      - { id: keep, use: tensor.write@1, in: { tensor: tok.tokens }, params: { name: "{item.stem}.npy" } }
      - { id: save, use: image.write@1, in: { image: back.image }, params: { name: "{item.stem}.png" } }
      - { id: quality, use: image.metrics@1, in: { image: back.image, reference: read.image } }
    shards: { items: \(itemsPerShard) }
    retry: { attempts: 5, backoff: 10ms..50ms }
    """
  }

  /// One tiny tensor, read and written.
  static func tiny(name: String) -> String {
    """
    version: 1
    name: \(name)
    input: { data: { files: [in.npy] } }
    stages:
      - { id: read, use: tensor.read@1, in: { file: data }, params: { shape: [2] } }
      - { id: save, use: tensor.write@1, in: { tensor: read.tensor } }
    """
  }

  /// Two zeros in numpy's format.
  static var tinyTensor: Data {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
    return Data(magic + Array(header.utf8) + [UInt8](repeating: 0, count: 8))
  }
}

/// True in the long mode of the suite (`make test-long`).
let isLongRun = ProcessInfo.processInfo.environment["LATTICE_TEST_LONG"] == "1"
