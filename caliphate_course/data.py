import pandas as pd
def sources(ids):
    return pd.DataFrame({"title": ["A title"]*len(ids), "publisher": ["P"]*len(ids), "year": ["2017"]*len(ids), "url": ["https://example.org"]*len(ids)}, index=pd.Index(ids, name="id"))
