package dev.backlight.cli;

/** A command that goes on where it stopped. */
interface Resumable {
    /** What to do after an interruption, as the rest of a sentence, or empty when nothing is to be gone on with. */
    String howToResume();
}
