import Foundation
import Glibc
import LatticeDriver
import Testing

/// The SDK that plugins are built against, and how build files find it.
@Suite(.blocking) struct SDKTests {
  /// A folder of its own for `body`, which others may enter.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lattice-sdk-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    chmod(folder.path(), 0o755)
    try body(folder)
  }

  /// Runs words of a shell that must succeed; what they wrote.
  @discardableResult
  private func shell(_ words: String, in folder: URL) throws -> String {
    let output = try NewPlugin.run("/bin/sh", ["-ec", words], in: folder)
    try #require(output.code == 0, "\(words):\n\(output.text)")
    return output.text
  }

  /// Makes an SDK as somebody would whose files nobody else may read.
  private func makeSDK(_ folder: URL) throws {
    try shell("umask 077; '\(BadPlugins.root)pipelines/tools/make-sdk' sdk", in: folder)
  }

  @Test func everybodyCanReadIt() throws {
    try withFolder { folder in
      try makeSDK(folder)
      let closed = try shell(
        "find sdk -type f -not -perm 644 -o -type d -not -perm 755", in: folder)
      #expect(closed == "")
      let files = try shell("cd sdk; find . -type f | sort", in: folder)
      for file in [
        "./LICENSE", "./Package.swift", "./docs/Rules.md", "./docs/WritingAStage.md",
        "./include/lattice_stage.h", "./share/cmake/lattice-stage/lattice-stage-config.cmake",
        "./share/pkgconfig/lattice-stage.pc",
      ] {
        #expect(files.contains("\(file)\n"), "\(file)")
      }
      #expect(!files.contains("./pkgconfig/"))
    }
  }

  @Test func anOlderOneIsMadeAnew() throws {
    try withFolder { folder in
      try makeSDK(folder)
      try shell(
        """
        mkdir sdk/pkgconfig; touch sdk/pkgconfig/lattice-stage.pc sdk/Sources/StageSDK/Gone.swift
        echo mine >sdk/notes.txt; chmod 600 sdk/Package.swift
        """, in: folder)
      try makeSDK(folder)
      let files = try shell("cd sdk; find . -type f | sort", in: folder)
      #expect(!files.contains("Gone.swift") && !files.contains("./pkgconfig/"))
      #expect(files.contains("./notes.txt"))
      #expect(try shell("stat -c %a sdk/Package.swift", in: folder) == "644\n")
    }
  }

  @Test func theCommandSaysWhereItIs() throws {
    let plugin = try NewPlugin("c", "map")
    let own = try plugin.run(plugin.lattice, ["plugin", "sdk"])
    #expect(own.code == 0)
    #expect(own.text == "\(BadPlugins.products.appending(path: "sdk").path())\n")
    let none = try plugin.run(plugin.lattice, ["plugin", "sdk"], ["LATTICE_SDK": "/nowhere"])
    #expect(none.code == 1)
    #expect(none.text == "error: there is no SDK in '/nowhere', which LATTICE_SDK names\n")
  }

  /// What `plugin new` writes is the same on every machine.
  @Test(arguments: ["c", "cpp", "rust", "swift"])
  func newPluginsNameNoPathOfThisMachine(language: String) throws {
    let plugin = try NewPlugin(language, "map")
    let text = try shell(
      "find . -type f -not -name '*.png' -exec cat {} +", in: plugin.folder)
    for path in [
      BadPlugins.products.path(), plugin.parent.path(), BadPlugins.root, "/usr/", "/opt/",
    ] {
      #expect(!text.contains(path), "\(path)")
    }
  }

  /// Through LATTICE_SDK, through pkg-config, and through the command on PATH, in this order.
  @Test func makeFindsIt() throws {
    try withFolder { folder in
      try makeSDK(folder)
      let sdk = folder.appending(path: "sdk").path()
      let plugin = try NewPlugin("c", "map")
      let ways: [(variables: [String: String], lattice: String)] = [
        (["LATTICE_SDK": sdk], "LATTICE=/nowhere"),
        (["PKG_CONFIG_PATH": "\(sdk)/share/pkgconfig"], "LATTICE=/nowhere"),
        (["PKG_CONFIG_LIBDIR": "/nowhere"], "LATTICE=lattice"),
      ]
      for way in ways {
        try shell("rm -f *.stage.so", in: plugin.folder)
        let output = try plugin.run("/usr/bin/env", ["make", way.lattice], way.variables)
        #expect(output.code == 0, "\(way): \(output.text)")
      }
      let none = try plugin.run(
        "/usr/bin/env", ["make", "LATTICE=/nowhere"], ["PKG_CONFIG_LIBDIR": "/nowhere"])
      #expect(none.code != 0)
      #expect(
        none.text.contains(
          "there is no SDK of Lattice in '': put lattice on PATH, or lattice-stage.pc on PKG_CONFIG_PATH, or set LATTICE_SDK to the folder that 'lattice plugin sdk' prints"
        ), "\(none.text)")
      let clean = try plugin.run(
        "/usr/bin/env", ["make", "clean", "LATTICE=/nowhere"], ["PKG_CONFIG_LIBDIR": "/nowhere"])
      #expect(clean.code == 0, "\(clean.text)")
    }
  }

  @Test func swiftWithoutItSaysWhatToSet() throws {
    let plugin = try NewPlugin("swift", "map")
    let output = try plugin.run("/usr/bin/env", ["swift", "package", "describe"])
    #expect(output.code != 0)
    #expect(
      output.text.contains("set LATTICE_SDK to the folder that 'lattice plugin sdk' prints"),
      "\(output.text)")
  }

  @Test(.enabled(if: try Needed.program("cmake"), "\(Needed.comment("cmake"))"))
  func cmakeFindsIt() throws {
    try withFolder { folder in
      try makeSDK(folder)
      let plugin = try NewPlugin("c", "map")
      try plugin.write(
        """
        cmake_minimum_required(VERSION 3.16)
        project(new-map C)
        find_package(lattice-stage 1 REQUIRED)
        lattice_add_stage(built new-map.c)
        target_link_libraries(built PRIVATE m)

        """, to: "CMakeLists.txt")
      let prefix = "-DCMAKE_PREFIX_PATH=\(folder.appending(path: "sdk").path())"
      try shell("cmake -S . -B build '\(prefix)' && cmake --build build", in: plugin.folder)
      let rules = try plugin.run(
        plugin.lattice,
        ["plugin", "validate", "build/built.stage.so", "--strict", "--rule", "entry"])
      #expect(rules.code == 0, "\(rules.text)")
      try plugin.write(
        "cmake_minimum_required(VERSION 3.16)\nproject(new-map C)\nfind_package(lattice-stage 2 REQUIRED)\n",
        to: "CMakeLists.txt")
      let other = try NewPlugin.run(
        "/usr/bin/env", ["cmake", "-S", ".", "-B", "other", prefix], in: plugin.folder)
      #expect(other.code != 0 && other.text.contains("version: 1.1"), "\(other.text)")
    }
  }

  // MARK: Installing

  /// Installs programs and a plugin that are empty.
  private func install(_ folder: URL, _ variables: String = "") throws {
    try shell(
      """
      umask 077; mkdir -p bin/plugins
      for name in lattice latticed lattice-worker plugins/a.stage.so; do echo "$name" >bin/$name; done
      \(variables) '\(BadPlugins.root)pipelines/tools/install' bin /opt/lattice
      """, in: folder)
  }

  @Test func itIsInstalledBelowDestdir() throws {
    try withFolder { folder in
      try install(folder, "DESTDIR='\(folder.path())/root'")
      let root = folder.appending(path: "root/opt/lattice")
      let closed = try shell("find . -type f -not -perm -444 -o -type d -not -perm -555", in: root)
      #expect(closed == "")
      #expect(try shell("readlink bin/lattice", in: root) == "../lib/lattice/lattice\n")
      #expect(try shell("stat -c %a lib/lattice/lattice", in: root) == "755\n")
      let names = try shell(
        "ls share/pkgconfig share/cmake/lattice-stage share/doc/lattice", in: root)
      for name in ["lattice-stage.pc", "lattice-stage-config.cmake", "LICENSE", "WritingAStage.md"]
      {
        #expect(names.contains(name), "\(name)")
      }
      let answers = try shell(
        """
        export PKG_CONFIG_PATH=$PWD/share/pkgconfig
        cc $(pkg-config --cflags lattice-stage) -include lattice_stage.h -E -x c /dev/null >/dev/null
        test -e "$(pkg-config --variable=sdkdir lattice-stage)/Package.swift" && echo both
        """, in: root)
      #expect(answers == "both\n")
    }
  }

  @Test func uninstallingLeavesWhatIsOthers() throws {
    try withFolder { folder in
      let root = folder.appending(path: "root")
      try install(folder, "DESTDIR='\(root.path())'")
      try shell(
        "mkdir opt/lattice/share/mine; touch opt/lattice/share/mine/file opt/lattice/lib/lattice/plugins/my.stage.so",
        in: root)
      let output = try shell(
        "DESTDIR='\(root.path())' '\(BadPlugins.root)pipelines/tools/uninstall' /opt/lattice",
        in: root)
      #expect(
        output
          == "removed; not of Lattice's own, and kept: \(root.path())/opt/lattice/lib/lattice/plugins/my.stage.so \n"
      )
      let left = try shell("find . -not -type d | sort", in: root)
      #expect(
        left
          == "./opt/lattice/lib/lattice/plugins/my.stage.so\n./opt/lattice/share/mine/file\n")
      let again = try NewPlugin.run(
        "\(BadPlugins.root)pipelines/tools/uninstall", ["/opt/lattice"], in: root,
        ["DESTDIR": root.path(), "PATH": "/usr/bin:/bin"])
      #expect(again.code == 1)
    }
  }

  /// What an earlier version installed and this one has not is gone.
  @Test func installingAgainRemovesWhatIsNoMore() throws {
    try withFolder { folder in
      let destination = "DESTDIR='\(folder.path())/root'"
      try shell("mkdir -p bin/plugins; echo old >bin/plugins/old.stage.so", in: folder)
      try install(folder, destination)
      let plugins = folder.appending(path: "root/opt/lattice/lib/lattice/plugins")
      try shell("touch mine.stage.so; rm '\(folder.path())/bin/plugins/old.stage.so'", in: plugins)
      try install(folder, destination)
      #expect(try shell("ls", in: plugins) == "a.stage.so\nmine.stage.so\n")
    }
  }
}
