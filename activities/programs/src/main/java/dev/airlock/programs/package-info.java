/**
 * Other people's code. Start at {@link dev.airlock.programs.WorkerPrograms}, which carries out
 * stages that run programs, ask servers and ask databases. {@link dev.airlock.programs.Vault} knows
 * secrets and connections by name; {@link dev.airlock.programs.Mask} keeps their values out of
 * whatever is written.
 */
@NullMarked
package dev.airlock.programs;

import org.jspecify.annotations.NullMarked;
