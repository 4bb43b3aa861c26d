#include "image_codecs.h"

#include <png.h>
#include <stdio.h>
#include <string.h>

// What libpng's callbacks see.
typedef struct {
   const uint8_t *bytes;
   int64_t        size;
   int64_t        position;
   uint8_t       *out;
   int64_t        out_size;
   char          *message;
   int64_t        capacity;
   int32_t        result;
   int32_t        warnings;
   char           warning[96]; // The last one; libpng often says there what its error leaves out.
   char           first[96];   // The first one.
} png_session;

static void fail(png_structp png, int32_t result, const char *text) {
   png_session *session = png_get_error_ptr(png);
   session->result = result;
   if (session->warning[0] != 0 && result == CODEC_DAMAGED && strcmp(text, session->warning) != 0)
      snprintf(session->message, (size_t)session->capacity, "%s (%s)", text, session->warning);
   else
      snprintf(session->message, (size_t)session->capacity, "%s", text);
   png_longjmp(png, 1);
}

static void on_error(png_structp png, png_const_charp text) { fail(png, CODEC_DAMAGED, text); }

static void on_warning(png_structp png, png_const_charp text) {
   png_session *session = png_get_error_ptr(png);
   session->warnings += 1;
   snprintf(session->warning, sizeof session->warning, "%s", text);
   if (session->warnings == 1) snprintf(session->first, sizeof session->first, "%s", text);
   // libpng would go on as if the picture were opaque.
   if (strncmp(text, "tRNS: CRC", 9) == 0) fail(png, CODEC_DAMAGED, text);
}

static void on_read(png_structp png, png_bytep target, size_t count) {
   png_session *session = png_get_io_ptr(png);
   if ((int64_t)count > session->size - session->position) fail(png, CODEC_TRUNCATED, "the bytes end early");
   memcpy(target, session->bytes + session->position, count);
   session->position += (int64_t)count;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
   png_session *session = png_get_io_ptr(png);
   if ((int64_t)count > session->out_size - session->position) fail(png, CODEC_NO_ROOM, "the buffer is full");
   memcpy(session->out + session->position, source, count);
   session->position += (int64_t)count;
}

static void on_flush(png_structp png) { (void)png; }

// Sets up reading and reads up to the first pixel. Runs under the caller's setjmp.
static void read_header(png_structp png, png_infop info, png_session *session, codec_header *header) {
   // Chunks that could make libpng inflate or store much, and that say nothing about the pixels.
   static const png_byte ignored[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT\0hIST\0eXIf";
   png_set_read_fn(png, session, on_read);
   png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, ignored, 7);
   png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
   png_read_info(png, info);

   png_set_expand(png); // Palette to RGB, small greys to 8 bits, tRNS to alpha.
   if (png_get_bit_depth(png, info) == 16) png_set_swap(png);
   png_set_interlace_handling(png);
   png_read_update_info(png, info);
   header->width = png_get_image_width(png, info);
   header->height = png_get_image_height(png, info);
   header->channels = png_get_channels(png, info);
   header->bits = png_get_bit_depth(png, info);
}

static uint32_t big_endian(const uint8_t *bytes) {
   return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint32_t codec_png_checksum(const uint8_t *bytes, int64_t size) {
   uint32_t crc = 0xFFFFFFFFu;
   for (int64_t i = 0; i < size; i += 1) {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; bit += 1) crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
   }
   return ~crc;
}

// The size that a sound IHDR chunk claims: libpng says "Out of memory" of one that it can't hold.
static void read_size(const uint8_t *bytes, int64_t size, codec_header *header) {
   if (size < 33 || big_endian(bytes + 8) != 13 || memcmp(bytes + 12, "IHDR", 4) != 0) return;
   if (codec_png_checksum(bytes + 12, 17) != big_endian(bytes + 29)) return;
   header->width = big_endian(bytes + 16);
   header->height = big_endian(bytes + 20);
}

int32_t codec_png_probe(const uint8_t *bytes, int64_t size, codec_header *header, char *message,
                        int64_t capacity) {
   read_size(bytes, size, header);
   png_session session = {.bytes = bytes, .size = size, .message = message, .capacity = capacity};
   png_infop   info = NULL;
   png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
   if (png == NULL || (info = png_create_info_struct(png)) == NULL) {
      snprintf(message, (size_t)capacity, "libpng can't start");
      png_destroy_read_struct(&png, NULL, NULL);
      return CODEC_DAMAGED;
   }
   if (setjmp(png_jmpbuf(png)) == 0) read_header(png, info, &session, header);
   header->warnings = session.warnings;
   png_destroy_read_struct(&png, &info, NULL);
   return session.result;
}

int32_t codec_png_decode(const uint8_t *bytes, int64_t size, uint8_t *pixels, int64_t pixels_size,
                         codec_header *header, char *message, int64_t capacity) {
   png_session session = {.bytes = bytes, .size = size, .message = message, .capacity = capacity};
   png_infop   info = NULL;
   png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
   if (png == NULL || (info = png_create_info_struct(png)) == NULL) {
      snprintf(message, (size_t)capacity, "libpng can't start");
      png_destroy_read_struct(&png, NULL, NULL);
      return CODEC_DAMAGED;
   }
   if (setjmp(png_jmpbuf(png)) == 0) {
      read_header(png, info, &session, header);
      int64_t stride = (int64_t)png_get_rowbytes(png, info);
      int64_t height = header->height;
      if (stride * height != pixels_size) fail(png, CODEC_NO_ROOM, "the pixel buffer has another size");
      int passes = png_get_interlace_type(png, info) == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
      for (int pass = 0; pass < passes; pass += 1)
         for (int64_t y = 0; y < height; y += 1) png_read_row(png, pixels + y * stride, NULL);
      png_read_end(png, NULL);
      if (session.warnings > 0) snprintf(message, (size_t)capacity, "%s", session.first);
   }
   header->warnings = session.warnings;
   png_destroy_read_struct(&png, &info, NULL);
   return session.result;
}

int32_t codec_png_encode(const uint8_t *pixels, int64_t width, int64_t height, int32_t channels, int32_t bits,
                         codec_png_packing packing, uint8_t *out, int64_t out_size, int64_t *written,
                         char *message, int64_t capacity) {
   static const int colours[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                 PNG_COLOR_TYPE_RGB_ALPHA};
   png_session session = {.out = out, .out_size = out_size, .message = message, .capacity = capacity};
   png_infop   info = NULL;
   png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &session, on_error, on_warning);
   if (png == NULL || (info = png_create_info_struct(png)) == NULL) {
      snprintf(message, (size_t)capacity, "libpng can't start");
      png_destroy_write_struct(&png, NULL);
      return CODEC_DAMAGED;
   }
   if (setjmp(png_jmpbuf(png)) == 0) {
      png_set_write_fn(png, &session, on_write, on_flush);
      png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      if (packing.level >= 0) png_set_compression_level(png, packing.level);
      if (packing.strategy >= 0) png_set_compression_strategy(png, packing.strategy);
      if (packing.filters >= 0) png_set_filter(png, PNG_FILTER_TYPE_BASE, packing.filters);
      png_set_compression_buffer_size(png, 65536);
      png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, bits, colours[channels - 1],
                   PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
      png_write_info(png, info);
      if (bits == 16) png_set_swap(png);
      int64_t stride = width * channels * (bits / 8);
      for (int64_t y = 0; y < height; y += 1) png_write_row(png, pixels + y * stride);
      png_write_end(png, NULL);
      *written = session.position;
   }
   png_destroy_write_struct(&png, &info);
   return session.result;
}
