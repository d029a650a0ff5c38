/**
 * What a device must be able to do, and who owns its memory. A {@link dev.backlight.engine.backend.Backend} executes a
 * closed set of {@link dev.backlight.engine.backend.Primitive}s on arrays; {@link dev.backlight.engine.backend.Scope}s
 * decide which arrays live. Nothing here knows of gradients.
 */
@NullMarked
package dev.backlight.engine.backend;

import org.jspecify.annotations.NullMarked;
