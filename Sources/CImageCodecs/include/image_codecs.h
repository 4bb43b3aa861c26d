// PNG and JPEG between bytes in memory and dense pixels, over libpng and libjpeg.
//
// Both libraries report errors by longjmp, which must not cross Swift frames: it starts and ends in here.
// A caller probes first, checks the claimed size against its own limit, allocates, then decodes: nothing in
// here allocates in proportion to the picture but what progressive JPEG needs inside libjpeg.
//
// Pixels are rows from top to bottom without padding, samples interleaved; 16-bit samples are in the
// machine's byte order. Channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha (not premultiplied).
// `message` receives at most `capacity` bytes, NUL-terminated, when the result isn't CODEC_OK, and the first warning
// when it is and there were any.
// Everything here may be called from any thread.
#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stdint.h>

#define CODEC_OK 0
#define CODEC_DAMAGED 1     // The bytes break the format.
#define CODEC_TRUNCATED 2   // The bytes end before the picture does.
#define CODEC_NO_ROOM 3     // The output buffer is too small.
#define CODEC_UNSUPPORTED 4 // The bytes may be sound, but are of a kind that the library doesn't decode.
#define CODEC_TOO_LARGE 5   // A side is longer than the library decodes; the header's sizes are set.

// What a file says of itself.
typedef struct codec_header {
   int64_t width;    // As stored, before any orientation.
   int64_t height;
   int32_t channels; // Of the decoded pixels: palettes are expanded, CMYK becomes RGB.
   int32_t bits;     // Of the decoded samples: 8 or 16.
   int32_t warnings; // Faults that decoding got over.
} codec_header;

// Reads everything before the pixels. `bytes` holds `size` bytes of a PNG. Width and height are set as soon as the
// header's checksum is right, even where the result isn't CODEC_OK.
int32_t codec_png_probe(const uint8_t *bytes, int64_t size, codec_header *header, char *message,
                        int64_t capacity);

// Decodes a PNG into `pixels`: height * width * channels samples of header's `bits`, `pixels_size` bytes.
// Damage of what makes pixels, transparency too, is an error; that of other chunks is a warning. Gamma and colour
// profiles are ignored.
int32_t codec_png_decode(const uint8_t *bytes, int64_t size, uint8_t *pixels, int64_t pixels_size,
                         codec_header *header, char *message, int64_t capacity);

// The checksum of a PNG's chunk: CRC-32 of its type and data.
uint32_t codec_png_checksum(const uint8_t *bytes, int64_t size);

// How PNG rows are packed. `level` is zlib's 0...9, `strategy` zlib's Z_..., `filters` libpng's PNG_FILTER_...
// mask; -1 leaves a choice to libpng.
typedef struct codec_png_packing {
   int32_t level;
   int32_t strategy;
   int32_t filters;
} codec_png_packing;

// Encodes pixels as a PNG into `out`, and says in `written` how many of its `out_size` bytes were used.
// The bytes depend on nothing but the arguments and the version of the library.
int32_t codec_png_encode(const uint8_t *pixels, int64_t width, int64_t height, int32_t channels, int32_t bits,
                         codec_png_packing packing, uint8_t *out, int64_t out_size, int64_t *written,
                         char *message, int64_t capacity);

// Reads the header of a JPEG.
int32_t codec_jpeg_probe(const uint8_t *bytes, int64_t size, codec_header *header, char *message,
                         int64_t capacity);

// Decodes a JPEG, each side divided by `denominator` (1, 2, 4 or 8) and rounded up, into `pixels` of
// `pixels_size` bytes. Bytes that end before the last pixel are an error, never grey filling; what else libjpeg gets
// over is a warning, such as lost restart markers, or no end marker after the last pixel. CMYK is read as Adobe writes
// it (inverted) when its marker is there.
int32_t codec_jpeg_decode(const uint8_t *bytes, int64_t size, int32_t denominator, uint8_t *pixels,
                          int64_t pixels_size, codec_header *header, char *message, int64_t capacity);

// Encodes 8-bit pixels, 1 or 3 channels, as a baseline JPEG of `quality` 1...100 with 4:2:0 chroma below
// quality 90 and 4:4:4 from there on. Where `is_optimized` isn't 0, its Huffman codes are made for it.
int32_t codec_jpeg_encode(const uint8_t *pixels, int64_t width, int64_t height, int32_t channels,
                          int32_t quality, int32_t is_optimized, uint8_t *out, int64_t out_size,
                          int64_t *written, char *message, int64_t capacity);

#endif // IMAGE_CODECS_H
