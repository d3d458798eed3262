/* Excerpts of the pages found are fetched from them, which a browser refuses to a page opened from disk. */
DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = location.protocol !== "file:";

/* The words of a drawing make no sentence. */
const textOfPage = Search.htmlToText;
Search.htmlToText = (html, anchor) => textOfPage(html.replace(/<svg.*?<\/svg>/gs, ""), anchor);
