package dev.backlight.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.ModelFormatException;
import dev.backlight.models.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {
    private static final ClassNames SOME =
            ClassNames.of(List.of("tench", "great_white_shark", "tiger shark", "tiger", "crane", "Crane", "tiger-cat"));

    @TempDir
    Path folder;

    private static String refusal(Executable find) {
        return String.valueOf(assertThrows(ModelFormatException.class, find).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "tench, 0", "Great White-Shark, 1", "great, 1", "TIGER, 3", "tiger s, 2", "tiger_cat, 6"})
    void findsByIndexNameAndUniqueBeginning(String wanted, int expected) {
        assertEquals(expected, SOME.find(wanted));
    }

    @Test
    void unknownNamesComeWithNearOnes() {
        assertEquals(
                "no class is named \"tensh\": did you mean tench (0), tiger (3), crane (4)?",
                refusal(() -> SOME.find("tensh")));
        assertTrue(refusal(() -> SOME.find("shark")).contains("great_white_shark (1), tiger shark (2)"));
        assertTrue(refusal(() -> SOME.find("")).contains("no class is named"));
    }

    @Test
    void ambiguousNamesListTheIndices() {
        assertEquals(
                "\"crane\" names 2 classes: give the index of crane (4), Crane (5)", refusal(() -> SOME.find("crane")));
    }

    @Test
    void indicesOutOfRangeSayTheRange() {
        assertEquals("class 7 does not exist: the 7 classes are numbered 0 to 6", refusal(() -> SOME.find("7")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb\nc\n",
                "a\r\nb\r\nc",
                "[\"a\",\"b\",\"c\"]",
                "{\"2\":\"c\",\"0\":\"a\",\"1\":\"b\"}",
                "{\"0\":[\"n1\",\"a\"],\"1\":[\"n2\",\"b\"],\"2\":[\"n3\",\"c\"]}"
            })
    void readsEveryForm(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("names"), text);
        assertEquals(List.of("a", "b", "c"), ClassNames.read(file).names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "[]", "{\"1\":\"b\"}", "[1,2]", "[\"a\"", "{\"0\":[\"n1\",\"a\"],\"1\":\"b\"}"})
    void otherFormsAreRefused(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("names"), text);
        assertTrue(refusal(() -> ClassNames.read(file)).contains("names: expected"), text);
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        Path file = Files.write(folder.resolve("names"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertTrue(refusal(() -> ClassNames.read(file)).contains("UTF-8"));
    }

    @Test
    void imageNet() {
        ClassNames names = ClassNames.read(SharedData.require("imagenet_class_index.json"));
        assertEquals(1000, names.size());
        assertEquals(207, names.find("golden retriever"));
        assertEquals(207, names.find("n02099601"));
        assertEquals(281, names.find("tabby"));
        assertTrue(refusal(() -> names.find("gold retriever")).contains("golden_retriever (207)"));
    }
}
