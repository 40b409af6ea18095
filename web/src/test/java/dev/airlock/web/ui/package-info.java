/** Tests of what pages say, without a page. */
@NullMarked
package dev.airlock.web.ui;

import org.jspecify.annotations.NullMarked;
