#include "image_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
// jpeglib.h needs size_t and FILE declared first.
#include <jpeglib.h>

#include <jerror.h>

// More scans than any encoder makes: a small file with thousands of them keeps a decoder busy for hours.
#define MOST_SCANS 200

// What libjpeg's callbacks see; `manager` first, so that one pointer is both.
typedef struct {
   struct jpeg_error_mgr manager;
   jmp_buf               jump;
   char                 *message;
   int64_t               capacity;
   int32_t               result;
   int32_t               warnings;
   int32_t               has_all_rows; // What follows can't harm the picture any more.
   int32_t               ran_out;      // The source had no more bytes.
   int32_t               is_cut;       // The source ends where the file doesn't.
   int32_t               scans;        // That were begun when an error ended reading.
   size_t                rest;         // Bytes that were not read by then.
   int64_t               width;        // As far as the header was read by then.
   int64_t               height;
} jpeg_session;

static _Noreturn void fail(j_common_ptr info, int32_t result, const char *text) {
   jpeg_session *session = (jpeg_session *)info->err;
   if (session->has_all_rows) {
      session->result = CODEC_OK;
   } else {
      session->result = result;
      snprintf(session->message, (size_t)session->capacity, "%s", text);
   }
   if (info->is_decompressor && ((j_decompress_ptr)info)->src != NULL) {
      session->width = ((j_decompress_ptr)info)->image_width;
      session->height = ((j_decompress_ptr)info)->image_height;
      session->scans = ((j_decompress_ptr)info)->input_scan_number;
      session->rest = ((j_decompress_ptr)info)->src->bytes_in_buffer;
   }
   longjmp(session->jump, 1);
}

// Keeps the first warning's text.
static void warn(jpeg_session *session, const char *text) {
   session->warnings += 1;
   if (session->warnings == 1) snprintf(session->message, (size_t)session->capacity, "%s", text);
}

static void on_error(j_common_ptr info) {
   jpeg_session *session = (jpeg_session *)info->err;
   char          text[JMSG_LENGTH_MAX];
   info->err->format_message(info, text);
   if (session->has_all_rows) warn(session, text);
   switch (info->err->msg_code) {
   case JERR_INPUT_EOF: fail(info, CODEC_TRUNCATED, text);
   case JERR_IMAGE_TOO_BIG: fail(info, CODEC_TOO_LARGE, text);
   case JERR_ARITH_NOTIMPL:
   case JERR_BAD_PRECISION:
   case JERR_CCIR601_NOTIMPL:
   case JERR_CONVERSION_NOTIMPL:
   case JERR_EMPTY_IMAGE:
   case JERR_FRACT_SAMPLE_NOTIMPL:
   case JERR_NOT_COMPILED:
   case JERR_SOF_UNSUPPORTED: fail(info, CODEC_UNSUPPORTED, text);
   default:
      fail(info, session->ran_out && !session->is_cut ? CODEC_TRUNCATED : CODEC_DAMAGED, text);
   }
}

// Levels below 0 are faults in the data that libjpeg gets over.
static void on_message(j_common_ptr info, int level) {
   jpeg_session *session = (jpeg_session *)info->err;
   if (level >= 0) return;
   // A pixel was wanted and the bytes had run out; the rest would be grey.
   if (info->err->msg_code == JWRN_HIT_MARKER && session->ran_out && !session->has_all_rows) {
      if (session->is_cut) fail(info, CODEC_DAMAGED, "a scan is damaged");
      fail(info, CODEC_TRUNCATED, "the bytes end early");
   }
   char text[JMSG_LENGTH_MAX];
   info->err->format_message(info, text);
   warn(session, text);
}

static void on_output(j_common_ptr info) { (void)info; }

static void start_session(jpeg_session *session, char *message, int64_t capacity) {
   jpeg_std_error(&session->manager);
   session->manager.error_exit = on_error;
   session->manager.emit_message = on_message;
   session->manager.output_message = on_output;
   session->message = message;
   session->capacity = capacity;
}

static void on_source(j_decompress_ptr info) { (void)info; }

// An end marker, as libjpeg's own sources give it: whether pixels are missing shows when they are wanted.
static boolean on_source_empty(j_decompress_ptr info) {
   static const JOCTET end[] = {0xFF, JPEG_EOI};
   jpeg_session       *session = (jpeg_session *)info->err;
   if (info->input_scan_number == 0) fail((j_common_ptr)info, CODEC_TRUNCATED, "the bytes end early");
   session->ran_out = 1;
   info->src->next_input_byte = end;
   info->src->bytes_in_buffer = sizeof end;
   return TRUE;
}

static void on_source_skip(j_decompress_ptr info, long count) {
   if (count <= 0) return;
   if ((size_t)count > info->src->bytes_in_buffer) {
      on_source_empty(info);
      return;
   }
   info->src->next_input_byte += count;
   info->src->bytes_in_buffer -= (size_t)count;
}

static void on_progress(j_common_ptr info) {
   if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > MOST_SCANS)
      fail(info, CODEC_DAMAGED, "more than 200 scans");
}

// Sets up reading and reads the header. Runs under the caller's setjmp.
static void read_header(j_decompress_ptr info, struct jpeg_source_mgr *source, const uint8_t *bytes,
                        int64_t size, codec_header *header) {
   *source = (struct jpeg_source_mgr){
      .next_input_byte = bytes,
      .bytes_in_buffer = (size_t)size,
      .init_source = on_source,
      .fill_input_buffer = on_source_empty,
      .skip_input_data = on_source_skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = on_source,
   };
   info->src = source;
   jpeg_read_header(info, TRUE);
   if (info->jpeg_color_space == JCS_GRAYSCALE) {
      info->out_color_space = JCS_GRAYSCALE;
   } else if (info->num_components == 4) {
      info->out_color_space = JCS_CMYK;
   } else {
      info->out_color_space = JCS_RGB;
   }
   header->width = info->image_width;
   header->height = info->image_height;
   header->channels = info->out_color_space == JCS_GRAYSCALE ? 1 : 3;
   header->bits = 8;
}

// a * b / 255, rounded to the nearest.
static inline int scaled(int a, int b) {
   int product = a * b + 128;
   return (product + (product >> 8)) >> 8;
}

// Turns one row of CMYK into RGB by the usual naive rule, (255 - ink) * (255 - black) / 255.
static void rgb_from_cmyk(const uint8_t *cmyk, uint8_t *rgb, int64_t width, int inverted) {
   for (int64_t x = 0; x < width; x += 1) {
      int light = inverted ? cmyk[4 * x + 3] : 255 - cmyk[4 * x + 3];
      for (int c = 0; c < 3; c += 1) {
         int ink = inverted ? 255 - cmyk[4 * x + c] : cmyk[4 * x + c];
         rgb[3 * x + c] = (uint8_t)(light - scaled(ink, light));
      }
   }
}

// Whether some scan never came, so that a component or its finer parts would be missing.
static int lacks_scans(j_decompress_ptr info) {
   for (int c = 0; c < info->num_components; c += 1) {
      if (info->comp_info[c].quant_table == NULL) return 1;
      if (!info->progressive_mode || info->coef_bits == NULL) continue;
      for (int k = 0; k < DCTSIZE2; k += 1)
         if (info->coef_bits[c][k] != 0) return 1;
   }
   return 0;
}

// Decodes all rows. Runs under the caller's setjmp.
static void read_pixels(j_decompress_ptr info, int32_t denominator, uint8_t *pixels, int64_t pixels_size,
                        int32_t channels) {
   jpeg_session *session = (jpeg_session *)info->err;
   info->scale_num = 1;
   info->scale_denom = (unsigned)denominator;
   jpeg_start_decompress(info);
   // All scans were read by now, where there is more than one.
   if (session->ran_out && jpeg_has_multiple_scans(info) && lacks_scans(info))
      fail((j_common_ptr)info, session->is_cut ? CODEC_DAMAGED : CODEC_TRUNCATED, "a scan is missing");
   int64_t width = info->output_width;
   if ((int64_t)info->output_height * width * channels != pixels_size)
      fail((j_common_ptr)info, CODEC_NO_ROOM, "the pixel buffer has another size");
   JSAMPARRAY cmyk = NULL;
   if (info->out_color_space == JCS_CMYK)
      cmyk = info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, (JDIMENSION)(width * 4), 1);
   while (info->output_scanline < info->output_height) {
      JSAMPROW row = pixels + (int64_t)info->output_scanline * width * channels;
      if (cmyk == NULL) {
         jpeg_read_scanlines(info, &row, 1);
      } else {
         jpeg_read_scanlines(info, cmyk, 1);
         rgb_from_cmyk(cmyk[0], row, width, info->saw_Adobe_marker);
      }
   }
   session->has_all_rows = 1;
   jpeg_finish_decompress(info);
   if (session->ran_out) warn(session, "there is no end marker");
}

int32_t codec_jpeg_probe(const uint8_t *bytes, int64_t size, codec_header *header, char *message,
                         int64_t capacity) {
   jpeg_session                  session = {0};
   struct jpeg_source_mgr        source;
   struct jpeg_decompress_struct info;
   start_session(&session, message, capacity);
   memset(&info, 0, sizeof info);
   info.err = &session.manager;
   if (setjmp(session.jump) == 0) {
      jpeg_create_decompress(&info);
      read_header(&info, &source, bytes, size, header);
   } else {
      header->width = session.width;
      header->height = session.height;
   }
   header->warnings = session.warnings;
   jpeg_destroy_decompress(&info);
   return session.result;
}

static void decode(jpeg_session *session, const uint8_t *bytes, int64_t size, int32_t denominator,
                   uint8_t *pixels, int64_t pixels_size, codec_header *header, char *message,
                   int64_t capacity) {
   struct jpeg_source_mgr        source;
   struct jpeg_progress_mgr      progress = {.progress_monitor = on_progress};
   struct jpeg_decompress_struct info;
   start_session(session, message, capacity);
   memset(&info, 0, sizeof info);
   info.err = &session->manager;
   if (setjmp(session->jump) == 0) {
      jpeg_create_decompress(&info);
      info.progress = &progress;
      read_header(&info, &source, bytes, size, header);
      read_pixels(&info, denominator, pixels, pixels_size, header->channels);
   }
   header->warnings = session->warnings;
   jpeg_destroy_decompress(&info);
}

int32_t codec_jpeg_decode(const uint8_t *bytes, int64_t size, int32_t denominator, uint8_t *pixels,
                          int64_t pixels_size, codec_header *header, char *message, int64_t capacity) {
   jpeg_session session = {0};
   decode(&session, bytes, size, denominator, pixels, pixels_size, header, message, capacity);
   int64_t used = size - (int64_t)session.rest;
   // Without an end marker, a trailer after the last of several scans is taken for markers. What lies before it may be
   // whole.
   if (session.result == CODEC_DAMAGED && session.scans > 0 && session.rest > 0 && !session.ran_out && used > 0) {
      jpeg_session again = {.is_cut = 1};
      char         text[JMSG_LENGTH_MAX] = {0};
      codec_header found = *header;
      // The marker itself, two bytes, is left out.
      int64_t      part = used > 2 ? used - 2 : used;
      decode(&again, bytes, part, denominator, pixels, pixels_size, &found, text, sizeof text);
      if (again.result == CODEC_OK) {
         *header = found;
         snprintf(message, (size_t)capacity, "%s", text);
         return CODEC_OK;
      }
   }
   return session.result;
}

static void on_target(j_compress_ptr info) { (void)info; }

static boolean on_target_full(j_compress_ptr info) {
   fail((j_common_ptr)info, CODEC_NO_ROOM, "the buffer is full");
}

int32_t codec_jpeg_encode(const uint8_t *pixels, int64_t width, int64_t height, int32_t channels,
                          int32_t quality, int32_t is_optimized, uint8_t *out, int64_t out_size,
                          int64_t *written, char *message, int64_t capacity) {
   jpeg_session                session = {0};
   struct jpeg_compress_struct info;
   struct jpeg_destination_mgr target = {
      .next_output_byte = out,
      .free_in_buffer = (size_t)out_size,
      .init_destination = on_target,
      .empty_output_buffer = on_target_full,
      .term_destination = on_target,
   };
   start_session(&session, message, capacity);
   memset(&info, 0, sizeof info);
   info.err = &session.manager;
   if (setjmp(session.jump) == 0) {
      jpeg_create_compress(&info);
      info.dest = &target;
      info.image_width = (JDIMENSION)width;
      info.image_height = (JDIMENSION)height;
      info.input_components = channels;
      info.in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
      jpeg_set_defaults(&info);
      jpeg_set_quality(&info, quality, TRUE);
      info.optimize_coding = is_optimized ? TRUE : FALSE;
      if (channels == 3 && quality >= 90) {
         info.comp_info[0].h_samp_factor = 1;
         info.comp_info[0].v_samp_factor = 1;
      }
      jpeg_start_compress(&info, TRUE);
      while (info.next_scanline < info.image_height) {
         JSAMPROW row = (JSAMPROW)(pixels + (int64_t)info.next_scanline * width * channels);
         jpeg_write_scanlines(&info, &row, 1);
      }
      jpeg_finish_compress(&info);
      *written = out_size - (int64_t)target.free_in_buffer;
   }
   jpeg_destroy_compress(&info);
   return session.result;
}
