/**
 * The results of explaining pictures, as one immutable model ({@link dev.backlight.attribution.render.report.ReportModel})
 * in three forms: a folder of pictures and arrays, {@code result.json}, and a self-contained {@code report.html}. The
 * model names files and holds numbers only, so that any later viewer can start from the JSON.
 */
@NullMarked
package dev.backlight.attribution.render.report;

import org.jspecify.annotations.NullMarked;
