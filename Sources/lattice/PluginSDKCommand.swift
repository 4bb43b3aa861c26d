import ArgumentParser
import Foundation
import StageCatalog

/// Says where the SDK for plugins is.
struct PluginSDKCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sdk",
    abstract: "Print the folder of the SDK: the C header, StageSDK for Swift, documentation.",
    discussion: """
      That is $LATTICE_SDK if it is set, else the folder that comes with this program. The Makefile of a new plugin asks for it;
      other build systems find the SDK with pkg-config (lattice-stage) or CMake (find_package(lattice-stage)).

      Example: cc -I"$(lattice plugin sdk)/include" -shared -fPIC -o my.stage.so my.c
      """)

  func run() throws {
    let named = Environment.variables["LATTICE_SDK"].flatMap { $0.isEmpty ? nil : absolute($0) }
    let folder = named ?? "\(PluginFolders.executableFolder)/sdk"
    guard FileManager.default.fileExists(atPath: "\(folder)/include/lattice_stage.h") else {
      throw failure(
        named == nil
          ? "there is no SDK in '\(folder)'; run 'make build' or 'make install' in Lattice, or set LATTICE_SDK to its folder"
          : "there is no SDK in '\(folder)', which LATTICE_SDK names")
    }
    print(folder)
  }
}
