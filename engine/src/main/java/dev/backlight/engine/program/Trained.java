package dev.backlight.engine.program;

/**
 * An input of a program that changes from run to run by a step element by element, such as an optimiser's, and the result that
 * the step follows. The two lie in memory in whichever order of elements the program reads and makes fastest.
 *
 * @param input its number among the inputs
 * @param gradient the number of the result, of the input's shape
 */
public record Trained(int input, int gradient) {}
