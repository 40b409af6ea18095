/**
 * Pictures as numbers, which the templates turn into SVG. Start with {@link
 * dev.airlock.web.drawing.GraphDrawing}.
 */
@NullMarked
package dev.airlock.web.drawing;

import org.jspecify.annotations.NullMarked;
