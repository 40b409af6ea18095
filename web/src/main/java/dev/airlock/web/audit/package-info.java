/**
 * Where the audit is anchored outside the database: heads of its chain, signed, in a file. Start
 * with {@link dev.airlock.web.audit.AuditAnchor}.
 */
@NullMarked
package dev.airlock.web.audit;

import org.jspecify.annotations.NullMarked;
