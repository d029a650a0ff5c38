/** Tests across modules: against numbers made elsewhere. */
@NullMarked
package dev.backlight.tests;

import org.jspecify.annotations.NullMarked;
