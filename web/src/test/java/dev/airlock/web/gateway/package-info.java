/** Tests of the journal: torn tails, dead processes, outages. */
@NullMarked
package dev.airlock.web.gateway;

import org.jspecify.annotations.NullMarked;
