"""One module per engine, each with the same three functions.

    versions()                        names and versions of what runs
    prepare(request)                  converts and quantises `request["model"]` to `request["precision"]`;
                                      files go to `request["folder"]`. Returns a dict for `load`, with
                                      "files" (what a user would ship) and "float32" (what stayed so)
    load(prepared, threads, batch)    a function (latent, energy) -> showers [batch, 25, 25, 25] in GeV
"""
