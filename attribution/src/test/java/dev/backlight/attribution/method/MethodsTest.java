package dev.backlight.attribution.method;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.op.Relu;
import dev.backlight.engine.shape.BacklightException;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class MethodsTest {
    @Test
    void everyNameNamesOneMethodThatWorks() {
        Question question = new Question(Networks.convolutional(new Relu()), Networks.images(2, 1), new int[] {0, 1});
        assertEquals(Methods.names().size(), new HashSet<>(Methods.names()).size());
        for (String name : Methods.names()) {
            Attributor method = Methods.named(name, 1);
            Attribution attribution = method.attribute(question);
            assertEquals(name, method.name());
            assertEquals(64, attribution.relevance(1).length, name);
            assertTrue(attribution.relevance(1)[0] >= 0, name);
        }
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnown() {
        var error = assertThrows(BacklightException.class, () -> Methods.named("gradcam", 1));
        assertTrue(error.toString().contains("there is no attribution method named gradcam; known are saliency, "));
    }

    /** A journal's header holds these texts; an identity in them would keep another process from going on. */
    @Test
    void theirTextsHoldNoIdentity() {
        for (Attributor method : Methods.all(1)) {
            String text = method.toString();
            assertFalse(text.contains("@") || text.contains("Lambda"), text);
        }
    }
}
