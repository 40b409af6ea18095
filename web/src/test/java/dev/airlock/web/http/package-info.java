/** Tests of what every request meets. */
@NullMarked
package dev.airlock.web.http;

import org.jspecify.annotations.NullMarked;
