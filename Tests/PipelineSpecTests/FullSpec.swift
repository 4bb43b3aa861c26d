/// A spec that uses every key there is.
enum FullSpec {
  static let text = """
    # Every key, for tests.
    version: 1
    name: koala-depth_2.1
    priority: -5
    hold: true
    x-shared: &shared { size: 256, fit: crop }
    input:
      photos: { dir: samples, glob: "**/*.{png,jpg}", exclude: [drafts/**, "*-old.png"] }
    stages:
      - id: read
        use: image.read@1
        in: { file: photos }
        params: *shared
      - id: depth
        use: uvim.depth@^1.2
        in: { image: read.image }
        model: uvim-depth@2026.1
        checkpoint: { every: 500 steps, keep: 3 }
        x-note: slow
      - id: tokens
        use: fsq.quantize@>=1.2 <2
        in:
          image: read.image
          depth: depth.depth
        params:
          levels: [8, 8, 5]
          share: 0.5
          exact: false
          name: "{item.stem}.npy"
        model:
          encoder: { path: models/encoder.bin, sha256: 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f }
          decoder: fsq-decoder@1
          table: { path: table.bin }
      - { id: save, use: sheet.write, in: { image: depth.image }, model: { path: m.bin, sha256: A00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f } }
    output: { dir: results/depth, exists: skip, model: koala-depth@2 }
    shards: { items: 0x10 }
    limits: { cpus: 4, memory: 1.5 GiB, time: 1.5h, stall: 500ms, batch: 16 }
    retry: { attempts: 5, backoff: 10s..5m }
    errors: { max_failed_items: 2.5% }
    seed: 9007199254740993

    """
}
