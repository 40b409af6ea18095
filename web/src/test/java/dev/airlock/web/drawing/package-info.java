@NullMarked
package dev.airlock.web.drawing;

import org.jspecify.annotations.NullMarked;
