/// Bytes of the structs of minor 0, on 64-bit machines: a plugin whose tables are this long loads for ever.
///
/// What a later minor adds at their ends has to be read under `LATTICE_HAS`.
enum MinorZero {
  static let module = 64
  static let stage = 176
  static let port = 64
  static let tensorSpec = 40
}
