package dev.backlight.attribution.render.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.backlight.engine.shape.BacklightException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class HtmlReportTest {
    @TempDir
    Path folder;

    @Test
    void parsesWithoutErrorAsHtmlAndAsXml() throws Exception {
        String html = report(Samples.classes());
        Parser parser = Parser.htmlParser().setTrackErrors(20);
        parser.parseInput(html, "");
        assertEquals(
                List.of(), parser.getErrors().stream().map(Object::toString).toList());
        assertNotNull(DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html)))
                .getDocumentElement());
    }

    @Test
    void asksForNothingOutside() throws IOException {
        String html = report(Samples.classes());
        assertFalse(html.contains("http:") || html.contains("https:"), "an address");
        Document page = Jsoup.parse(html);
        assertEquals(
                0,
                page.select("script, iframe, object, embed, link[rel=stylesheet]")
                        .size());
        for (Element element : page.select("[src], [href]")) {
            String to = element.hasAttr("src") ? element.attr("src") : element.attr("href");
            assertTrue(to.startsWith("data:") || to.startsWith("#"), to);
        }
        assertFalse(page.select("style").html().contains("url("), "a style that loads something");
        assertFalse(page.select("style").html().contains("@import"), "a style that loads something");
    }

    @Test
    void textsAreEscaped() throws IOException {
        String evil = "<script>alert('x')</script> & \"quoted\"";
        Document page = Jsoup.parse(report(List.of(new ClassScore(0, evil, 1, 1))));
        assertEquals(0, page.select("script").size());
        assertEquals(evil, page.select(".classes th").text());
        assertTrue(page.select(".target").text().startsWith(evil));
    }

    @Test
    void picturesAreTheFilesOfTheFolder() throws IOException {
        Document page = Jsoup.parse(report(Samples.classes()));
        List<String> sources = page.select("img").eachAttr("src");
        assertEquals(1 + 2 * 4, sources.size());
        byte[] overlay = decode(sources.get(1));
        assertEquals(224, ImageIO.read(new ByteArrayInputStream(overlay)).getWidth());
        assertEquals(-1, Files.mismatch(folder.resolve("chelsea-learned.png"), write(overlay)));
        for (Element image : page.select("img")) {
            assertFalse(image.attr("alt").isBlank());
        }
    }

    @Test
    void showsWhatTheModelSays() throws IOException {
        Document page = Jsoup.parse(report(Samples.classes()));
        assertEquals("Why the network sees a cat", page.title());
        assertEquals(
                List.of("87.3 %", "9.1 %", "2.1 %", "1.2 %", "< 0.1 %"),
                page.select(".classes .number").eachText());
        assertEquals(
                "width:87.31%", page.select(".classes .is-target .bar span").attr("style"));
        assertEquals(2, page.select(".line.series-1").size(), "insertion and deletion of two methods");
        assertTrue(page.text().contains("Training loss, from 0.500 to 0.109 in 1000 steps"));
        assertEquals(
                "0.0031",
                page.select(".scores tbody tr").get(2).select("td").get(3).text());
        assertTrue(page.select(".note").text().contains("no value other than zero"));
        assertTrue(page.text().contains("1 min 15 s"));
    }

    @Test
    void linksLeadToUniquePlaces() throws IOException {
        BufferedImage picture = Samples.picture();
        Samples.writeAll(folder, Samples.classes(), List.of(picture, picture));
        Document page = Jsoup.parse(Files.readString(folder.resolve("report.html")));
        List<String> ids = page.select("[id]").eachAttr("id");
        Set<String> unique = new HashSet<>(ids);
        assertEquals(ids.size(), unique.size());
        List<String> links = page.select("a[href]").eachAttr("href");
        assertEquals(2 + 2 * 4, links.size());
        links.forEach(link -> assertTrue(unique.contains(link.substring(1)), link));
    }

    @Test
    void missingPictureIsNamed() {
        ReportModel model = Samples.writeAll(folder, Samples.classes(), List.of(Samples.picture()));
        Path elsewhere = folder.resolve("elsewhere/report.html");
        BacklightException e = assertThrows(BacklightException.class, () -> HtmlReport.write(elsewhere, model));
        assertTrue(String.valueOf(e.getMessage()).contains("elsewhere/chelsea-"), e.getMessage());
    }

    private String report(List<ClassScore> classes) throws IOException {
        Samples.writeAll(folder, classes, List.of(Samples.picture()));
        return Files.readString(folder.resolve("report.html"));
    }

    private static byte[] decode(String uri) {
        return Base64.getDecoder().decode(uri.substring("data:image/png;base64,".length()));
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("decoded.png"), bytes);
    }
}
